/* failpoint.h: places at which a test lets a daemon die as by `kill -9`.                      (kind: adapter)
 *
 * FEDROUTER_FAILPOINT="name" kills the process the first time it comes to that place, "name:3" the third
 * time. Without the variable a failpoint does nothing. They stand before and after every step that makes
 * something durable.
 */
#pragma once

/* The program came to this place. */
void failpoint(const char *name);
