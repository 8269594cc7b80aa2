/** What an Algo author imports. */
@NullMarked
package run.algo.sdk;

import org.jspecify.annotations.NullMarked;
