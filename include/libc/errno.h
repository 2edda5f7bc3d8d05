/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBC_ERRNO_H
#define LIBC_ERRNO_H

/*
 * Error numbers, with Linux's values. Our own functions return them negated;
 * those of the C library set errno. Guest builds only.
 */

extern int errno;

#define EPERM	  1
#define ENOENT	  2
#define EIO	  5
#define E2BIG	  7
#define EAGAIN	  11
#define ENOMEM	  12
#define EFAULT	  14
#define EBUSY	  16
#define EEXIST	  17
#define ENODEV	  19
#define EINVAL	  22
#define ENOSPC	  28
#define ERANGE	  34
#define ENOSYS	  38
#define ENOTSUP	  95
#define EOVERFLOW 75
#define ETIMEDOUT 110

#endif /* LIBC_ERRNO_H */
