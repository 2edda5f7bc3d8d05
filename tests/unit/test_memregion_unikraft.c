/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A source file as a user of Unikraft writes it, against <uk/plat/memory.h>
 * alone, with assertions on: it compiles as it stands and finds what it would
 * find there. Only the boot list is made by hand, at the top.
 */

#define CONFIG_LIBUKDEBUG_ENABLE_ASSERT 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <uk/plat/memory.h>
#include <uk/plat/common/memory.h>

#define CAPACITY 8

static struct {
	struct ukplat_memregion_list list;
	struct ukplat_memregion_desc mrds[CAPACITY];
} boot;

struct ukplat_memregion_list *ukplat_memregion_list_get(void);

struct ukplat_memregion_list *ukplat_memregion_list_get(void)
{
	return &boot.list;
}

static void boot_region(__u16 type, __paddr_t pbase, __sz len, __u16 flags)
{
	int rc;

	rc = ukplat_memregion_list_insert(&boot.list, &(struct ukplat_memregion_desc){
							      .pbase = pbase,
							      .vbase = pbase,
							      .pg_off = 0,
							      .len = len,
							      .pg_count = PAGE_COUNT(len),
							      .type = type,
							      .flags = flags,
						      });
	assert_true(rc >= 0);
}

static int boot_map(void **state)
{
	(void)state;
	ukplat_memregion_list_init(&boot.list, CAPACITY);
	boot_region(UKPLAT_MEMRT_FREE, 0x0, 0x9f000, UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE);
	boot_region(UKPLAT_MEMRT_RESERVED, 0x9f000, 0x61000, UKPLAT_MEMRF_READ);
	boot_region(UKPLAT_MEMRT_KERNEL, 0x100000, 0x4000,
		    UKPLAT_MEMRF_READ | UKPLAT_MEMRF_EXECUTE);
	boot_region(UKPLAT_MEMRT_KERNEL, 0x104000, 0x2000, UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE);
	boot_region(UKPLAT_MEMRT_INITRD, 0x200000, 0x1234, UKPLAT_MEMRF_READ);
	boot_region(UKPLAT_MEMRT_FREE, 0x300000, 0x100000, UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE);
	return 0;
}

static void count_and_get_walk_the_boot_list(void **state)
{
	struct ukplat_memregion_desc *mrd = NULL;
	__sz total = 0;
	int i;

	(void)state;
	assert_int_equal(ukplat_memregion_count(), 6);
	for (i = 0; i < ukplat_memregion_count(); i++) {
		assert_int_equal(ukplat_memregion_get(i, &mrd), 0);
		UK_ASSERT_VALID_MRD(mrd);
		total += mrd->pg_count * PAGE_SIZE;
	}
	assert_int_equal(total, 0x100000 + 0x6000 + 0x2000 + 0x100000);
	assert_true(ukplat_memregion_get(6, &mrd) < 0);
	assert_true(ukplat_memregion_get(-1, &mrd) < 0);
	assert_int_equal(mrd->pbase, 0x300000);
}

static void foreach_visits_what_matches_in_order(void **state)
{
	struct ukplat_memregion_desc *mrd;
	__paddr_t last = 0;
	int n = 0;

	(void)state;
	ukplat_memregion_foreach (&mrd, UKPLAT_MEMRT_FREE | UKPLAT_MEMRT_KERNEL, 0, 0) {
		assert_true(n == 0 || mrd->pbase > last);
		last = mrd->pbase;
		n++;
	}
	assert_int_equal(n, 4);

	n = 0;
	ukplat_memregion_foreach (&mrd, UKPLAT_MEMRT_ANY, UKPLAT_MEMRF_READ, UKPLAT_MEMRF_WRITE)
		n++;
	assert_int_equal(n, 0); /* a flag outside the mask is never set */

	ukplat_memregion_foreach (&mrd, 0, UKPLAT_MEMRF_WRITE,
				  UKPLAT_MEMRF_WRITE | UKPLAT_MEMRF_EXECUTE) {
		UK_ASSERT_VALID_MRD(mrd);
		n++;
	}
	assert_int_equal(n, 3);

	ukplat_memregion_foreach (&mrd, UKPLAT_MEMRT_KERNEL, 0, UKPLAT_MEMRF_WRITE)
		n++;
	assert_int_equal(n, 4); /* what is in the mask but not set must not be set */
}

static void find_next_leaves_the_pointer_alone_when_there_is_no_more(void **state)
{
	struct ukplat_memregion_desc *mrd = NULL;
	int i;

	(void)state;
	i = ukplat_memregion_find_next(-1, UKPLAT_MEMRT_KERNEL, UKPLAT_MEMRF_WRITE,
				       UKPLAT_MEMRF_WRITE, &mrd);
	assert_int_equal(i, 3);
	UK_ASSERT_VALID_KERNEL_MRD(mrd);
	assert_true(ukplat_memregion_find_next(i, UKPLAT_MEMRT_KERNEL, 0, 0, &mrd) < 0);
	assert_int_equal(mrd->pbase, 0x104000);
	assert_true(ukplat_memregion_find_next(-1, UKPLAT_MEMRT_STACK, 0, 0, &mrd) < 0);
}

static void initrd_is_found_with_its_length(void **state)
{
	struct ukplat_memregion_desc *mrd;

	(void)state;
	assert_int_equal(ukplat_memregion_find_initrd0(&mrd), 4);
	assert_int_equal(mrd->vbase + (__vaddr_t)mrd->pg_off, 0x200000);
	assert_int_equal(mrd->len, 0x1234);
	assert_int_equal(mrd->pg_count, 2);
}

static void allocation_never_returns_the_page_whose_address_is_null(void **state)
{
	struct ukplat_memregion_desc *mrd;

	(void)state;
	assert_ptr_equal(ukplat_memregion_alloc(0x1001, UKPLAT_MEMRT_STACK, UKPLAT_MEMRF_READ),
			 (void *)0x1000);
	assert_int_equal(ukplat_memregion_find_next(-1, UKPLAT_MEMRT_FREE, 0, 0, &mrd), 0);
	assert_int_equal(mrd->len, 0x1000);
	assert_int_equal(ukplat_memregion_find_next(0, UKPLAT_MEMRT_FREE, 0, 0, &mrd), 2);
	assert_int_equal(mrd->pbase, 0x3000);
}

static void allocation_takes_the_first_free_memory_that_fits(void **state)
{
	struct ukplat_memregion_desc *mrd;
	void *p;

	(void)state;
	ukplat_memregion_list_delete(&boot.list, 0);
	p = ukplat_memregion_alloc(0x1001, UKPLAT_MEMRT_STACK, UKPLAT_MEMRF_READ);
	assert_ptr_equal(p, (void *)0x300000);
	assert_int_equal(ukplat_memregion_find_next(-1, UKPLAT_MEMRT_STACK, 0, 0, &mrd), 4);
	assert_int_equal(mrd->len, 0x1001);
	assert_int_equal(mrd->pg_count, 2);
	assert_int_equal(mrd->flags, UKPLAT_MEMRF_READ);
	assert_int_equal(ukplat_memregion_find_next(-1, UKPLAT_MEMRT_FREE, 0, 0, &mrd), 5);
	UK_ASSERT_VALID_FREE_MRD(mrd);
	assert_int_equal(mrd->pbase, 0x302000);
	assert_int_equal(mrd->len, 0xfe000);
}

static void allocation_of_a_whole_region_replaces_it(void **state)
{
	(void)state;
	ukplat_memregion_list_delete(&boot.list, 0);
	assert_non_null(ukplat_memregion_alloc(0x100000, 0, UKPLAT_MEMRF_READ));
	assert_int_equal(ukplat_memregion_count(), 5);
	assert_null(ukplat_memregion_alloc(1, 0, 0));
}

static void failed_allocation_leaves_the_list_alone(void **state)
{
	const size_t bytes = sizeof(boot);
	unsigned char before[sizeof(boot)];

	(void)state;
	ukplat_memregion_list_delete(&boot.list, 0);
	boot_region(UKPLAT_MEMRT_DEVICE, 0xfe000000, 0x1000, 0);
	boot_region(UKPLAT_MEMRT_DEVICE, 0xfe001000, 0x1000, 0);
	boot_region(UKPLAT_MEMRT_DEVICE, 0xfe002000, 0x1000, 0);
	memcpy(before, &boot, bytes);
	assert_null(ukplat_memregion_alloc(0x1000, 0, 0)); /* the list is full */
	assert_null(ukplat_memregion_alloc(0, 0, 0));
	assert_null(ukplat_memregion_alloc(0x100001, 0, 0));
	assert_null(ukplat_memregion_alloc((__sz)-1, 0, 0));
	assert_memory_equal(before, &boot, bytes);
}

static void overlap_tells_whether_a_range_touches_a_region(void **state)
{
	struct ukplat_memregion_desc *mrd;

	(void)state;
	assert_int_equal(ukplat_memregion_get(1, &mrd), 0);
	assert_true(ukplat_memregion_desc_overlap(mrd, 0x9e000, 0x9f001));
	assert_true(ukplat_memregion_desc_overlap(mrd, 0xa0000, 0xa1000));
	assert_true(ukplat_memregion_desc_overlap(mrd, 0, 0x200000));
	assert_false(ukplat_memregion_desc_overlap(mrd, 0x9e000, 0x9f000));
	assert_false(ukplat_memregion_desc_overlap(mrd, 0x100000, 0x101000));
}

/* Whether a validation macro stops the program, tried in a child process */
#define STOPS(validation)                        \
	({                                       \
		int status_;                     \
		pid_t pid_ = fork();             \
		if (pid_ == 0) {                 \
			signal(SIGILL, SIG_DFL); \
			close(STDERR_FILENO);    \
			validation;              \
			_exit(0);                \
		}                                \
		waitpid(pid_, &status_, 0);      \
		status_ != 0;                    \
	})

static void validation_macros_stop_at_broken_descriptors(void **state)
{
	const struct ukplat_memregion_desc ok = {.pbase = 0x1000,
						 .vbase = 0x1000,
						 .len = 0x2000,
						 .pg_count = 2,
						 .type = UKPLAT_MEMRT_FREE,
						 .flags = UKPLAT_MEMRF_READ};
	struct ukplat_memregion_desc m = ok;

	(void)state;
	assert_false(STOPS(UK_ASSERT_VALID_FREE_MRD(&m)));
	assert_true(STOPS(UK_ASSERT_VALID_KERNEL_MRD(&m)));
	m.vbase = 0x5000;
	assert_true(STOPS(UK_ASSERT_VALID_FREE_MRD(&m)));
	assert_false(STOPS(UK_ASSERT_VALID_MRD(&m)));
	m = ok;
	m.len -= 1;
	assert_true(STOPS(UK_ASSERT_VALID_FREE_MRD(&m)));
	m = ok;
	m.pbase += 1;
	assert_true(STOPS(UK_ASSERT_VALID_MRD(&m)));
	m = ok;
	m.pg_off = PAGE_SIZE;
	assert_true(STOPS(UK_ASSERT_VALID_MRD(&m)));
	m = ok;
	m.flags = 0x10;
	assert_true(STOPS(UK_ASSERT_VALID_MRD_FLAGS(&m)));
	m.type = UKPLAT_MEMRT_FREE | UKPLAT_MEMRT_RESERVED;
	assert_true(STOPS(UK_ASSERT_VALID_MRD_TYPE(&m)));
	m.type = 0;
	assert_true(STOPS(UK_ASSERT_VALID_MRD_TYPE(&m)));
	m.type = UKPLAT_MEMRT_DEVICE;
	assert_false(STOPS(UK_ASSERT_VALID_MRD_TYPE(&m)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(count_and_get_walk_the_boot_list, boot_map),
		cmocka_unit_test_setup(foreach_visits_what_matches_in_order, boot_map),
		cmocka_unit_test_setup(find_next_leaves_the_pointer_alone_when_there_is_no_more,
				       boot_map),
		cmocka_unit_test_setup(initrd_is_found_with_its_length, boot_map),
		cmocka_unit_test_setup(allocation_never_returns_the_page_whose_address_is_null,
				       boot_map),
		cmocka_unit_test_setup(allocation_takes_the_first_free_memory_that_fits, boot_map),
		cmocka_unit_test_setup(allocation_of_a_whole_region_replaces_it, boot_map),
		cmocka_unit_test_setup(failed_allocation_leaves_the_list_alone, boot_map),
		cmocka_unit_test_setup(overlap_tells_whether_a_range_touches_a_region, boot_map),
		cmocka_unit_test(validation_macros_stop_at_broken_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
