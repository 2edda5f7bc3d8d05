# SPDX-License-Identifier: BSD-3-Clause
#
# Where every boot landed: each thing a row, each boot a dot at its place between the lowest
# address there is (0) and the highest (1), and below it how often each twentieth was met.
# Called with ARG1 = data, ARG2 = picture, ARG3 = title, ARG4 = number of things.
#
# Data: a block for each thing; its name, then a line "place" for each boot.

set terminal svg size 1000, 60 + 110 * ARG4 dynamic noenhanced background rgb "white" font "sans,11"
set output ARG2
set multiplot layout ARG4, 1 title ARG3
set xrange [0:1]
set yrange [0:2.2]
unset ytics
set key outside top left horizontal samplen 1
set tmargin 1.6
set bmargin 1.8
bins = 20.0
bin(x) = (floor(x * bins) + 0.5) / bins
do for [i = 0 : ARG4 - 1] {
	stats ARG1 index i using 1 nooutput
	n = STATS_records
	set style fill solid 0.4 noborder
	set boxwidth 1 / bins * 0.9
	plot ARG1 index i using (bin($1)):(bins / n * 0.8) smooth frequency with boxes lc rgb "#4477aa" title columnhead(1), \
		ARG1 index i using 1:(1.2 + rand(0) * 0.9) with dots lc rgb "#222222" notitle
}
unset multiplot
