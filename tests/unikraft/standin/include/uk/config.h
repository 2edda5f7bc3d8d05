/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_CONFIG_H
#define UK_CONFIG_H
/* Options are given by -D. */
#endif
