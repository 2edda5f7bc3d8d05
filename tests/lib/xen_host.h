/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_XEN_HOST_H
#define TESTS_XEN_HOST_H

/*
 * Xen, played by a test. Linked with the code under test, so that it runs on a
 * machine without Xen unless a test sets these.
 */

#include <stdint.h>
#include <ukaslr/xen.h>

/* What arch_xen_detect() finds */
extern enum xen_call xen_host_detected;

/* Answers hypercalls, with their first three arguments; NULL: ENOSYS for all */
typedef int64_t xen_host_answer_t(uint32_t call, uint64_t a, uint64_t b, uint64_t c);
extern xen_host_answer_t *xen_host_answer;

#endif /* TESTS_XEN_HOST_H */
