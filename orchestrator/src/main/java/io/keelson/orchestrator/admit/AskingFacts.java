package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.auth.ServiceAccounts;
import io.keelson.orchestrator.cel.Authorizer;
import java.util.Map;
import java.util.Optional;

/**
 * Who may do what, by the facts of a write.
 *
 * @param user who sent it
 */
record AskingFacts(User user, Facts facts) implements Authorizer {

    @Override
    public Answer ask(Optional<Account> who, Target target, String verb) {
        User asked = who.map(account -> ServiceAccounts.user(
                        new ServiceAccounts.Account(account.namespace(), account.name()), "", Map.of()))
                .orElse(user);
        try {
            Decision decision = facts.decide(asked, access(target, verb));
            return new Answer(decision.allowed(), decision.reason(), "");
        } catch (ApiException e) {
            return new Answer(false, "", e.rejection().message());
        }
    }

    private static Access access(Target target, String verb) {
        return switch (target) {
            case Target.Path path -> new Access.ToPath(verb, path.path());
            case Target.Resource resource ->
                new Access.ToObjects(
                        verb,
                        resource.group(),
                        resource.subresource().isEmpty()
                                ? resource.resource()
                                : resource.resource() + "/" + resource.subresource(),
                        resource.namespace(),
                        resource.name(),
                        RequestInfo.node(verb, resource.fieldSelector()));
        };
    }
}
