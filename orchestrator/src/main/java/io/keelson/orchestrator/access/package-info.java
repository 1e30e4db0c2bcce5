/**
 * Who asks, and may it: the shells around the rules of {@link io.keelson.orchestrator.auth}. {@link io.keelson.orchestrator.access.Gate}
 * is what the doors know.
 *
 * <pre>
 * door --credentials--> Gate --> Authenticators (certificate, bootstrap token, service account, OIDC) --> User
 * door --user, access-> Gate --> Followed: Rbac, NodeGraph, kept by watch in this process       --> yes, or a no in Kubernetes' words
 * </pre>
 *
 * A yes is given as of all that this server has applied or told; a no as of the newest revision, see {@link
 * io.keelson.orchestrator.access.Followed}. Must not know of connections or requests.
 */
@NullMarked
package io.keelson.orchestrator.access;

import org.jspecify.annotations.NullMarked;
