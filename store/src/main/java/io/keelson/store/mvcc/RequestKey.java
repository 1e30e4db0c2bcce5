package io.keelson.store.mvcc;

import io.keelson.proto.store.v1.KeptAnswer;

/**
 * What an id of a request is looked up by: what one user calls a request says nothing about another's.
 *
 * @param user who asks; empty while authentication is off, so then all clients share one space of ids
 * @param id the client's
 */
public record RequestKey(String user, String id) {

    /** Of a kept answer. */
    public static RequestKey of(KeptAnswer answer) {
        return new RequestKey(answer.getUser(), answer.getId());
    }
}
