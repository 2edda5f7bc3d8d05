#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first program of the Linux dom0: starts the toolstack, runs each guest of
# /guests until it has shut down, and shows its console and its shutdown reason:
#
#	@@ begin NAME
#	...
#	@@ end NAME CODE	of SCHEDOP_shutdown; "timeout" if it did not end
export PATH=/bin
WAIT=100 # tenths of a second

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /run/xen /run/xenstored /run/lock /var/lib/xen /var/lib/xenstored \
	/var/log/xen/console
mount -t devpts devpts /dev/pts
ln -s /run /var/run
ln -s /run/lock /var/lock
for module in xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs; do
	insmod /modules/$module.ko || echo "insmod $module: failed"
done
mount -t xenfs xenfs /proc/xen
xenstored --pid-file /run/xen/xenstored.pid
xenstore-write /local/domain/0/domid 0
xen-init-dom0 >/dev/null
xenconsoled --log=all --timestamp=none --log-dir=/var/log/xen/console

# State and shutdown reason of a guest, as `xl list -v` has them in columns 5 and 8.
state_of() {
	xl list -v "$1" 2>/dev/null | tail -n 1 | sed 's/  */ /g' | cut -d ' ' -f 5,8
}

# What a guest wrote, to the ring or to a UART; xenconsoled may be behind it.
console_of() {
	log=/var/log/xen/console/guest-$1 before='' size=none
	until [ "$size" = "$before" ]; do
		before=$size
		sleep 0.1
		size=$(cat "$log.log" "$log"-vuart*.log 2>/dev/null | wc -c)
	done
	cat "$log.log" "$log"-vuart*.log 2>/dev/null
	echo
}

for cfg in /guests/*.cfg; do
	name=${cfg##*/} name=${name%.cfg} code=timeout tenths=0
	echo "@@ begin $name"
	xl create -e -q "$cfg" || code=refused
	while [ $code = timeout ] && [ $tenths -lt $WAIT ]; do
		state=$(state_of "$name" 2>/dev/null)
		case ${state% *} in
		*s* | *c*) code=${state#* } ;;
		*) tenths=$((tenths + 2)) && sleep 0.2 ;;
		esac
	done
	console_of "$name"
	echo "@@ end $name $code"
	xl destroy "$name" 2>/dev/null
done
poweroff -f
