/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_CONFIG_H
#define UK_CONFIG_H

/*
 * Standalone builds take no Kconfig: an option that is not defined is off. The
 * uk/... headers know two, both off unless given with -D:
 *
 *   CONFIG_LIBUKDEBUG_ENABLE_ASSERT   UK_ASSERT() checks (else it is nothing)
 *   CONFIG_UKPLAT_MEMRNAME            memory regions carry a name
 */

#endif /* UK_CONFIG_H */
