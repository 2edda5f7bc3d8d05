/* SPDX-License-Identifier: BSD-3-Clause */
/* LIBS: -ldw -lelf */
/* mkreloc's command line: what is written where, and the exit statuses */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "link_fixture.h"

int mkreloc_main(int argc, char **argv);
#define main mkreloc_main
#include "../../reloc/mkreloc.c"
#undef main

static char image[256], other[256];

/* Runs mkreloc with its output thrown away. */
static int run(const char *const *words)
{
	char *argv[8] = {(char *)(uintptr_t) "mkreloc"};
	int argc = 1, status, out = dup(1), err = dup(2);

	for (; *words; words++)
		argv[argc++] = (char *)(uintptr_t)*words;
	fflush(stdout);
	fflush(stderr);
	assert_non_null(freopen("/dev/null", "w", stdout));
	assert_non_null(freopen("/dev/null", "w", stderr));
	optind = 0; /* GNU getopt: start anew */
	status = mkreloc_main(argc, argv);
	fflush(stdout);
	fflush(stderr);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	return status;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void link_image(void)
{
	assert_true(fixture_link(&toolchains[0]));
	snprintf(image, sizeof(image), "%s/image", fixture_dir);
	snprintf(other, sizeof(other), "%s/other", fixture_dir);
	unlink(other);
}

static struct file read_back(const char *name)
{
	struct diag d = {.tool = "test"};
	struct file f = {.name = name};

	assert_true(file_read(name, &f.data, &f.size, &d));
	return f;
}

static bool same(const struct file *a, const struct file *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

static void an_image_is_changed_in_place_and_keeps_its_mode(void **state)
{
	struct stat st;

	(void)state;
	link_image();
	assert_int_equal(chmod(image, 0750), 0);
	assert_int_equal(RUN("--check", image), EXIT_REFUSE);
	assert_int_equal(RUN("-v", image), EXIT_FINE);
	assert_int_equal(RUN("--check", "-v", image), EXIT_FINE);
	assert_int_equal(stat(image, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
}

static void with_output_the_image_stays(void **state)
{
	struct file before, after;

	(void)state;
	link_image();
	before = read_back(image);
	assert_int_equal(RUN("-o", other, image), EXIT_FINE);
	after = read_back(image);
	assert_true(same(&before, &after));
	assert_int_equal(RUN("--check", other), EXIT_FINE);
	free(before.data);
	free(after.data);
}

static void a_refused_image_stays_as_it_is(void **state)
{
	struct file before, after;

	(void)state;
	link_image();
	assert_int_equal(RUN(image), EXIT_FINE);
	before = read_back(image);
	assert_int_equal(RUN(image), EXIT_REFUSE); /* it has its table */
	after = read_back(image);
	assert_true(same(&before, &after));
	assert_int_equal(RUN("-o", other, image), EXIT_REFUSE);
	assert_int_equal(access(other, F_OK), -1);
	free(before.data);
	free(after.data);
}

static void stat_reads_any_linked_file_and_changes_none(void **state)
{
	(void)state;
	assert_int_equal(RUN("--stat", "/proc/self/exe"), EXIT_FINE);
	link_image();
	assert_int_equal(RUN("--stat", image, "/proc/self/exe"), EXIT_FINE);
	assert_int_equal(RUN("--stat", "/proc/self/exe", "/proc/self/cmdline"), EXIT_REFUSE);
}

static void wrong_usage_has_a_status_of_its_own(void **state)
{
	(void)state;
	link_image();
	assert_int_equal(run((const char *const[]){NULL}), EXIT_USAGE);
	assert_int_equal(RUN("--nonsense", image), EXIT_USAGE);
	assert_int_equal(RUN(image, image), EXIT_USAGE);
	assert_int_equal(RUN("--stat"), EXIT_USAGE);
	assert_int_equal(RUN("--stat", "-o", other, image), EXIT_USAGE);
	assert_int_equal(RUN("/nonexistent"), EXIT_USAGE);
	assert_int_equal(RUN("--check", "/nonexistent", image), EXIT_USAGE);
	assert_int_equal(RUN("-o", "/nonexistent/file", image), EXIT_USAGE);
	assert_int_equal(RUN("/"), EXIT_USAGE);
	assert_int_equal(RUN("--help"), EXIT_FINE);
	assert_int_equal(RUN("--version"), EXIT_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_is_changed_in_place_and_keeps_its_mode),
		cmocka_unit_test(with_output_the_image_stays),
		cmocka_unit_test(a_refused_image_stays_as_it_is),
		cmocka_unit_test(stat_reads_any_linked_file_and_changes_none),
		cmocka_unit_test(wrong_usage_has_a_status_of_its_own),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
