package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Permission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: the rules of users and roles, and the arithmetic of ranges, are right in combinations that nobody thought of. Method: random
 * commands against a model that knows no ranges: it asks of every key that could tell two ranges apart whether some permission holds it.
 */
class AuthDifferentialTest {

    private static final List<String> NAMES = List.of("root", "ann", "bob", "");
    private static final byte[] LETTERS = {0, 'a', 'b', 'c', (byte) 0xff};
    /** All keys of up to three letters: between any two bounds of up to two letters lies one of them. */
    private static final List<ByteString> KEYS = keys(3, LETTERS);

    private static final List<ByteString> BOUNDS = keys(2, new byte[] {'a', 'b', 'c'});
    private static final ByteString OPEN = ByteString.copyFrom(new byte[] {0});

    private static List<ByteString> keys(int length, byte[] letters) {
        var all = new ArrayList<ByteString>();
        List<ByteString> last = List.of(ByteString.EMPTY);
        for (int i = 0; i < length; i++) {
            var longer = new ArrayList<ByteString>();
            for (ByteString shorter : last) {
                for (byte letter : letters) {
                    longer.add(shorter.concat(ByteString.copyFrom(new byte[] {letter})));
                }
            }
            all.addAll(longer);
            last = longer;
        }
        return all;
    }

    /** Users and roles as one would write them down first. */
    private static final class Model {
        final Map<String, Set<String>> users = new HashMap<>();
        final Map<String, Map<List<ByteString>, Permission.Type>> roles = new TreeMap<>();
        boolean enabled;
        long revision = 1;

        Optional<Refusal> apply(AuthCommand command) {
            return switch (command) {
                case AuthCommand.Enable _ -> {
                    if (!enabled && !users.containsKey("root")) {
                        yield Optional.of(Refusal.ROOT_USER_MISSING);
                    }
                    if (!enabled && !users.getOrDefault("root", Set.of()).contains("root")) {
                        yield Optional.of(Refusal.ROOT_ROLE_MISSING);
                    }
                    enabled = true;
                    yield Optional.empty();
                }
                case AuthCommand.Disable _ -> {
                    revision += enabled ? 1 : 0;
                    enabled = false;
                    yield Optional.empty();
                }
                case AuthCommand.UserAdd(var name, var _) ->
                    name.isEmpty()
                            ? Optional.of(Refusal.USER_EMPTY)
                            : did(users.putIfAbsent(name, new HashSet<>()) == null, Refusal.USER_EXISTS);
                case AuthCommand.UserDelete(var name) ->
                    enabled && name.equals("root")
                            ? Optional.of(Refusal.INVALID_AUTH_MANAGEMENT)
                            : did(users.remove(name) != null, Refusal.USER_NOT_FOUND);
                case AuthCommand.UserChangePassword(var name, var _) ->
                    did(users.containsKey(name), Refusal.USER_NOT_FOUND);
                case AuthCommand.UserGrantRole(var user, var role) -> {
                    if (!users.containsKey(user)) {
                        yield Optional.of(Refusal.USER_NOT_FOUND);
                    }
                    if (!role.equals("root") && !roles.containsKey(role)) {
                        yield Optional.of(Refusal.ROLE_NOT_FOUND);
                    }
                    revision += users.get(user).add(role) ? 1 : 0;
                    yield Optional.empty();
                }
                case AuthCommand.UserRevokeRole(var user, var role) -> {
                    if (enabled && user.equals("root") && role.equals("root")) {
                        yield Optional.of(Refusal.INVALID_AUTH_MANAGEMENT);
                    }
                    yield users.containsKey(user)
                            ? did(users.get(user).remove(role), Refusal.ROLE_NOT_GRANTED)
                            : Optional.of(Refusal.USER_NOT_FOUND);
                }
                case AuthCommand.RoleAdd(var name) ->
                    name.isEmpty()
                            ? Optional.of(Refusal.ROLE_EMPTY)
                            : did(roles.putIfAbsent(name, new HashMap<>()) == null, Refusal.ROLE_EXISTS);
                case AuthCommand.RoleDelete(var name) -> {
                    if (enabled && name.equals("root")) {
                        yield Optional.of(Refusal.INVALID_AUTH_MANAGEMENT);
                    }
                    if (roles.containsKey(name)) {
                        users.values().forEach(granted -> granted.remove(name));
                    }
                    yield did(roles.remove(name) != null, Refusal.ROLE_NOT_FOUND);
                }
                case AuthCommand.RoleGrantPermission(var role, var permission) -> {
                    ByteString key = permission.orElseThrow().getKey();
                    ByteString end = permission.orElseThrow().getRangeEnd();
                    boolean backwards = !end.isEmpty()
                            && !end.equals(OPEN)
                            && ByteString.unsignedLexicographicalComparator().compare(end, key) <= 0;
                    if (backwards) {
                        yield Optional.of(Refusal.INVALID_AUTH_MANAGEMENT);
                    }
                    if (!roles.containsKey(role)) {
                        yield Optional.of(Refusal.ROLE_NOT_FOUND);
                    }
                    roles.get(role)
                            .put(List.of(key, end), permission.orElseThrow().getPermType());
                    revision++;
                    yield Optional.empty();
                }
                case AuthCommand.RoleRevokePermission(var role, var key, var end) ->
                    roles.containsKey(role)
                            ? did(roles.get(role).remove(List.of(key, end)) != null, Refusal.PERMISSION_NOT_GRANTED)
                            : Optional.of(Refusal.ROLE_NOT_FOUND);
                case AuthCommand.Authenticate _ -> throw new AssertionError(command);
            };
        }

        private Optional<Refusal> did(boolean done, Refusal otherwise) {
            revision += done ? 1 : 0;
            return done ? Optional.empty() : Optional.of(otherwise);
        }

        Optional<Refusal> check(String user, boolean write, ByteString key, ByteString end) {
            if (!enabled) {
                return Optional.empty();
            }
            if (user.isEmpty()) {
                return Optional.of(Refusal.USER_EMPTY);
            }
            if (!users.containsKey(user)) {
                return Optional.of(Refusal.PERMISSION_DENIED);
            }
            boolean may = users.get(user).contains("root")
                    || KEYS.stream().filter(one -> within(one, key, end)).allMatch(one -> mayOne(user, write, one));
            return may ? Optional.empty() : Optional.of(Refusal.PERMISSION_DENIED);
        }

        private boolean mayOne(String user, boolean write, ByteString key) {
            for (String role : users.getOrDefault(user, Set.of())) {
                for (var permission : roles.getOrDefault(role, Map.of()).entrySet()) {
                    boolean kind = permission.getValue() == Permission.Type.READWRITE
                            || permission.getValue() == (write ? Permission.Type.WRITE : Permission.Type.READ);
                    if (kind
                            && within(
                                    key,
                                    permission.getKey().get(0),
                                    permission.getKey().get(1))) {
                        return true;
                    }
                }
            }
            return false;
        }

        private static boolean within(ByteString key, ByteString begin, ByteString end) {
            var order = ByteString.unsignedLexicographicalComparator();
            if (end.isEmpty()) {
                return key.equals(begin);
            }
            return order.compare(key, begin) >= 0 && (end.equals(OPEN) || order.compare(key, end) < 0);
        }
    }

    private static <T> T any(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static ByteString end(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> ByteString.EMPTY;
            case 1 -> random.nextBoolean() ? OPEN : any(random, BOUNDS);
            default -> any(random, BOUNDS);
        };
    }

    private static AuthCommand command(Random random) {
        String user = any(random, NAMES);
        String role = any(random, NAMES);
        return switch (random.nextInt(22)) {
            case 0 -> new AuthCommand.Enable();
            case 1 -> random.nextInt(8) == 0 ? new AuthCommand.Disable() : new AuthCommand.Enable();
            case 2, 3 -> new AuthCommand.UserAdd(user, Optional.of("hash"));
            case 4 ->
                random.nextInt(3) == 0
                        ? new AuthCommand.UserDelete(user)
                        : new AuthCommand.UserChangePassword(user, "new");
            case 5, 6, 7 -> new AuthCommand.UserGrantRole(user, role);
            case 8 -> new AuthCommand.UserRevokeRole(user, role);
            case 9, 10 -> new AuthCommand.RoleAdd(role);
            case 11 -> random.nextInt(4) == 0 ? new AuthCommand.RoleDelete(role) : new AuthCommand.RoleAdd(role);
            case 12, 13, 14 -> new AuthCommand.RoleRevokePermission(role, any(random, BOUNDS), end(random));
            default ->
                new AuthCommand.RoleGrantPermission(
                        role,
                        Optional.of(Permission.newBuilder()
                                .setPermTypeValue(random.nextInt(3))
                                .setKey(any(random, BOUNDS))
                                .setRangeEnd(end(random))
                                .build()));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rulesAndRangesAreThoseOfTheModel(long seed) {
        var random = new Random(seed);
        var model = new Model();
        var view = new TreeView();
        int permitted = 0;
        int denied = 0;
        for (int step = 0; step < 3_000; step++) {
            AuthCommand command = command(random);
            Applied applied = Mvcc.apply(view, new Command.As(Caller.SYSTEM, new Command.Auth(command)));
            view.take(applied);
            Optional<Refusal> refusal =
                    applied.answer() instanceof Answer.Refused(Refusal why) ? Optional.of(why) : Optional.empty();
            assertThat(refusal).as("seed %d, step %d: %s", seed, step, command).isEqualTo(model.apply(command));
            assertThat(view.auth().revision())
                    .as("seed %d, step %d: %s", seed, step, command)
                    .isEqualTo(model.revision);

            String user = any(random, NAMES);
            ByteString key = any(random, BOUNDS);
            ByteString end = end(random);
            boolean empty = KeyRange.of(key, end).isEmpty();
            if (empty) {
                continue;
            }
            Caller caller = user.isEmpty()
                    ? Caller.NOBODY
                    : Caller.user(user, view.auth().revision());
            Optional<Refusal> expected = model.check(user, false, key, end);
            assertThat(Permits.read(view.auth(), caller, key, end))
                    .as("seed %d, step %d: %s reads [%s, %s)", seed, step, user, key, end)
                    .isEqualTo(expected);
            Command delete = new Command.DeleteRange(io.keelson.proto.etcd.DeleteRangeRequest.newBuilder()
                    .setKey(key)
                    .setRangeEnd(end)
                    .build());
            assertThat(Permits.check(view, caller, delete))
                    .as("seed %d, step %d: %s writes [%s, %s)", seed, step, user, key, end)
                    .isEqualTo(model.check(user, true, key, end));
            boolean counts = model.enabled && !user.isEmpty() && !user.equals("root");
            permitted += counts && expected.isEmpty() ? 1 : 0;
            denied += counts && expected.isPresent() ? 1 : 0;
        }
        assertThat(permitted)
                .as("seed %d asked something that is permitted", seed)
                .isGreaterThan(20);
        assertThat(denied).as("seed %d asked something that is denied", seed).isGreaterThan(20);
    }
}
