/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukaslr/image.h>

/* The application's name, from its folder: argv[0], and the image in fault reports. */
const char app_name[] = APP_NAME;
const uint32_t app_name_size = sizeof(app_name);
