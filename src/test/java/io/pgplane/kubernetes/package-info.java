/** What stands in k8s/ and in Hazelcast's files, held against those who will read it. */
@NullMarked
package io.pgplane.kubernetes;

import org.jspecify.annotations.NullMarked;
