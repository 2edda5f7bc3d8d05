/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm PrimeCell UART (PL011), Arm DDI 0183 chapter 3
 */
#include <ukaslr/console.h>

#define UARTDR	    0x00
#define UARTFR	    0x18
#define UARTLCRH    0x2c
#define UARTCR	    0x30

#define FR_TXFF	    (1u << 5)
#define LCRH_FEN    (1u << 4)
#define LCRH_WLEN_8 (3u << 5)
#define CR_UARTEN   (1u << 0)
#define CR_TXE	    (1u << 8)

static volatile uint32_t *reg(uintptr_t base, unsigned offset)
{
	return (volatile uint32_t *)(base + offset);
}

/*
 * The baud rate stays as firmware set it: the clock it divides is not ours to know.
 * A UART that can send already is left alone: LCR_H must not change while it does
 * (3.3.7), and the SBSA kind has neither register.
 */
void pl011_init(uintptr_t base)
{
	if ((*reg(base, UARTCR) & (CR_UARTEN | CR_TXE)) == (CR_UARTEN | CR_TXE))
		return;
	*reg(base, UARTCR) = 0;
	*reg(base, UARTLCRH) = LCRH_WLEN_8 | LCRH_FEN;
	*reg(base, UARTCR) = CR_UARTEN | CR_TXE;
}

void pl011_putc(uintptr_t base, char c)
{
	while (*reg(base, UARTFR) & FR_TXFF)
		;
	*reg(base, UARTDR) = (uint8_t)c;
}
