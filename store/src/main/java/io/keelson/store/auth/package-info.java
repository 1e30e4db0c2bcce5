/**
 * How a user proves who it is: passwords and tokens. What a user may do, and who the users are, is a rule of {@code mvcc} and state of
 * the store; this package has what is secret, random or runs out.
 *
 * <pre>
 *   Authenticate: password --> Passwords (bcrypt) --> the log (simple) or a signature (JWT) --> token
 *   any call:     token --> Tokens --> Caller --> Permits
 * </pre>
 */
@NullMarked
package io.keelson.store.auth;

import org.jspecify.annotations.NullMarked;
