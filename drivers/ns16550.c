/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 16550 UART on I/O ports (PC16550D data sheet, section 8)
 */
#include <arch/io.h>
#include <ukaslr/console.h>

enum {
	REG_THR = 0, /* transmitter holding; divisor low while LCR.DLAB */
	REG_IER = 1, /* interrupt enable; divisor high while LCR.DLAB */
	REG_FCR = 2,
	REG_LCR = 3,
	REG_MCR = 4,
	REG_LSR = 5,
};

#define FCR_ENABLE   0x01
#define LCR_8N1	     0x03
#define LCR_DLAB     0x80
#define MCR_DTR_RTS  0x03
#define LSR_THRE     0x20
#define DIVISOR_115K 1

static uint16_t reg(uintptr_t port, unsigned r)
{
	return (uint16_t)(port + r);
}

void ns16550_init(uintptr_t port)
{
	outb(reg(port, REG_IER), 0);
	outb(reg(port, REG_LCR), LCR_DLAB);
	outb(reg(port, REG_THR), DIVISOR_115K);
	outb(reg(port, REG_IER), 0);
	outb(reg(port, REG_LCR), LCR_8N1);
	outb(reg(port, REG_FCR), FCR_ENABLE);
	outb(reg(port, REG_MCR), MCR_DTR_RTS);
}

void ns16550_putc(uintptr_t port, char c)
{
	while (!(inb(reg(port, REG_LSR)) & LSR_THRE))
		;
	outb(reg(port, REG_THR), (uint8_t)c);
}
