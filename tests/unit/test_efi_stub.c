/* SPDX-License-Identifier: BSD-3-Clause */
#include "efi_firmware.h"

static void *at(paddr_t pa)
{
	return (void *)(uintptr_t)pa.pa;
}

static void a_bare_machine_gives_its_map(void **state)
{
	(void)state;
	collected();
	assert_ptr_equal(at(handover.system_table), &system_table);
	assert_int_equal(handover.map_size, 100 * 48);
	assert_int_equal(handover.descriptor_size, 48);
	assert_int_equal(handover.descriptor_version, 1);
	assert_memory_equal(at(handover.map), "\x11\x11\x11\x11", 4);
	assert_int_equal(handover.cmdline.pa, 0);
	assert_int_equal(handover.initrd_len, 0);
	assert_int_equal(handover.seed_len, 0);
	assert_int_equal(firmware.exits, 1);
}

static void a_map_that_changed_is_looked_at_again(void **state)
{
	(void)state;
	firmware.refusals = 1;
	collected();
	assert_int_equal(firmware.exits, 2);
	assert_int_equal(firmware.looks, 3);
}

static void a_map_that_grows_gets_more_room(void **state)
{
	(void)state;
	firmware.growth = 7; /* less than the spare room */
	collected();
	assert_int_equal(handover.map_size, 107 * 48);
}

static void a_map_that_never_fits_is_given_up(void **state)
{
	(void)state;
	firmware.growth = 9; /* more than the spare room */
	assert_int_equal(collect(), EFI_BUFFER_TOO_SMALL);
	assert_int_equal(firmware.exits, 0);
	assert_int_equal(firmware.nr_buffers, 1);
	assert_string_equal(firmware.said, "ukaslr: stop: efi: the memory map cannot be had\r\n");
}

static void room_that_became_too_small_is_made_anew_between_tries(void **state)
{
	(void)state;
	firmware.refusals = 1;
	firmware.growth = 5; /* fits at the second look, not at the third */
	collected();
	assert_int_equal(firmware.exits, 2);
	assert_int_equal(firmware.looks, 4);
	assert_int_equal(firmware.nr_buffers, 1); /* the other one was given back */
}

static void firmware_that_never_lets_go_is_given_up(void **state)
{
	(void)state;
	firmware.refusals = 1000;
	assert_int_equal(collect(), EFI_SUCCESS);
	assert_int_equal(handover.trouble, EFI_TROUBLE_EXIT);
	assert_true(firmware.exits > 1 && firmware.exits < 100);
	assert_string_equal(firmware.said, "");
}

static void another_error_of_the_exit_is_not_tried_again(void **state)
{
	(void)state;
	firmware.refusals = 1000;
	firmware.refusal = EFI_DEVICE_ERROR;
	assert_int_equal(collect(), EFI_SUCCESS);
	assert_int_equal(handover.trouble, EFI_TROUBLE_EXIT);
	assert_int_equal(firmware.exits, 1);
}

static void without_a_map_the_firmware_goes_on(void **state)
{
	(void)state;
	firmware.map_status = EFI_DEVICE_ERROR;
	assert_int_equal(collect(), EFI_DEVICE_ERROR);
	assert_int_equal(firmware.exits, 0);
	assert_string_equal(firmware.said, "ukaslr: stop: efi: the memory map cannot be had\r\n");
}

static void options_become_the_command_line(void **state)
{
	(void)state;
	firmware.options = u"kaslr.report r\u00fcn";
	firmware.options_size = 2 * 17;
	collected();
	assert_string_equal(at(handover.cmdline), "kaslr.report r\xc3\xbcn");
	assert_false(handover.cmdline_has_path);
	for (size_t i = 0; i < firmware.options_size; i++)
		assert_int_equal(((char *)loaded_image.load_options)[i], 0);
}

static void the_shells_options_begin_with_a_path(void **state)
{
	(void)state;
	firmware.options = u"fs0:\\hello.efi one";
	firmware.options_size = 2 * 18;
	firmware.has_shell = true;
	collected();
	assert_true(handover.cmdline_has_path);
}

static void options_that_are_no_text_are_left_out_and_told(void **state)
{
	(void)state;
	firmware.options = u"\x01\x02";
	firmware.options_size = 4;
	assert_int_equal(collect(), EFI_SUCCESS);
	assert_int_equal(handover.trouble, EFI_TROUBLE_OPTIONS);
	assert_int_equal(handover.cmdline.pa, 0);
	assert_true(firmware.gone);
}

static void absurdly_long_options_are_not_read(void **state)
{
	static const uint16_t text[MAX_TEXT / 2] = {'x'};

	(void)state;
	firmware.options = text;
	firmware.options_size = UINT32_MAX;
	assert_int_equal(collect(), EFI_SUCCESS);
	assert_int_equal(handover.trouble, EFI_TROUBLE_OPTIONS);
}

static void without_a_loaded_image_the_firmware_goes_on(void **state)
{
	(void)state;
	firmware.image_status = EFI_NOT_FOUND;
	assert_int_equal(collect(), EFI_NOT_FOUND);
	assert_string_equal(firmware.said, "ukaslr: stop: efi: the command line cannot be had\r\n");
}

static void the_initrd_is_loaded_and_its_name_taken_out(void **state)
{
	(void)state;
	firmware.has_initrd = true;
	firmware.initrd = "files";
	firmware.initrd_len = 5;
	firmware.options = u"one initrd=initrd";
	firmware.options_size = 2 * 18;
	collected();
	assert_int_equal(handover.initrd_len, 5);
	assert_int_equal(handover.initrd.pa % 4096, 0);
	assert_memory_equal(at(handover.initrd), "files", 5);
	assert_string_equal(at(handover.cmdline), "one");
}

static void an_initrd_that_is_not_there_or_empty_is_none(void **state)
{
	(void)state;
	firmware.has_initrd = true;
	firmware.initrd_status = EFI_NOT_FOUND;
	firmware.options = u"initrd=initrd";
	firmware.options_size = 2 * 14;
	collected();
	assert_int_equal(handover.initrd_len, 0);
	assert_string_equal(at(handover.cmdline), "initrd=initrd");
}

static void an_initrd_that_cannot_be_loaded_stops_the_boot(void **state)
{
	(void)state;
	firmware.has_initrd = true;
	firmware.initrd_status = EFI_DEVICE_ERROR;
	assert_int_equal(collect(), EFI_DEVICE_ERROR);
	assert_string_equal(firmware.said, "ukaslr: stop: efi: the initrd cannot be loaded\r\n");
	assert_false(firmware.tried);
	firmware.initrd_status = EFI_SUCCESS;
	firmware.initrd_len = 10;
	firmware.pages_status = EFI_OUT_OF_RESOURCES;
	assert_int_equal(collect(), EFI_OUT_OF_RESOURCES);
}

static void a_seed_is_asked_for(void **state)
{
	(void)state;
	firmware.has_rng = true;
	collected();
	assert_int_equal(handover.seed_len, 32);
	assert_memory_equal(handover.seed, "\xa5\xa5\xa5\xa5", 4);
	firmware_teardown(NULL);
	firmware_setup(NULL);
	firmware.has_rng = true;
	firmware.rng_status = EFI_DEVICE_ERROR;
	collected();
	assert_int_equal(handover.seed_len, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, firmware_setup, firmware_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_bare_machine_gives_its_map),
		TEST(a_map_that_changed_is_looked_at_again),
		TEST(a_map_that_grows_gets_more_room),
		TEST(a_map_that_never_fits_is_given_up),
		TEST(room_that_became_too_small_is_made_anew_between_tries),
		TEST(firmware_that_never_lets_go_is_given_up),
		TEST(another_error_of_the_exit_is_not_tried_again),
		TEST(without_a_map_the_firmware_goes_on),
		TEST(options_become_the_command_line),
		TEST(the_shells_options_begin_with_a_path),
		TEST(options_that_are_no_text_are_left_out_and_told),
		TEST(absurdly_long_options_are_not_read),
		TEST(without_a_loaded_image_the_firmware_goes_on),
		TEST(the_initrd_is_loaded_and_its_name_taken_out),
		TEST(an_initrd_that_is_not_there_or_empty_is_none),
		TEST(an_initrd_that_cannot_be_loaded_stops_the_boot),
		TEST(a_seed_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
