/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef EXAMPLES_MEMORY_MAP_H
#define EXAMPLES_MEMORY_MAP_H

/*
 * Prints the memory regions as a picture: a bar for each run of regions that
 * touch, holes between them as their sizes, and what there is of each type.
 *
 * A letter stands for as much memory as the head line says, and for the rarest
 * thing in it. So the picture shows no addresses, and of where the image is no
 * more than which letter's memory has it.
 */
void map_draw(void);

#endif /* EXAMPLES_MEMORY_MAP_H */
