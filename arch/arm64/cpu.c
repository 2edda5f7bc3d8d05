/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/arch.h>

/* moved_entry has set vectors and exception stack. */
void arch_init(void)
{
}
