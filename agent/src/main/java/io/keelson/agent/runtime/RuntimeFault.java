package io.keelson.agent.runtime;

/** What a {@link ContainerRuntime} throws: one type per case that callers tell apart. The message is for the user (events, status). */
public abstract sealed class RuntimeFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private RuntimeFault(String message) {
        super(message);
    }

    private RuntimeFault(String message, Throwable cause) {
        super(message, cause);
    }

    /** The runtime does not answer. Worth trying again; says nothing about the pod. */
    public static final class Unavailable extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }

        public Unavailable(String message) {
            super(message);
        }
    }

    /** The image name cannot be parsed. */
    public static final class InvalidImageName extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public InvalidImageName(String message) {
            super(message);
        }
    }

    /** The registry has no such image, refuses, or cannot be reached. */
    public static final class ImagePullFailed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public ImagePullFailed(String message) {
            super(message);
        }
    }

    /** An archive is not an image, or is damaged. */
    public static final class BadArchive extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public BadArchive(String message) {
            super(message);
        }

        public BadArchive(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The sandbox could not be made, e.g. no network. */
    public static final class SandboxFailed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public SandboxFailed(String message) {
            super(message);
        }
    }

    /** The container could not be created (status reason CreateContainerError). */
    public static final class CreateFailed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public CreateFailed(String message) {
            super(message);
        }
    }

    /** The container's command could not be started (status reason StartError, exit code 128). */
    public static final class StartFailed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public StartFailed(String message) {
            super(message);
        }
    }

    /** No such container or sandbox, or it does not run. */
    public static final class NotFound extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }
    }

    /** This runtime cannot do that, ever; the message says what and why. */
    public static final class NotSupported extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public NotSupported(String message) {
            super(message);
        }
    }

    /** The command ran longer than allowed and was ended. */
    public static final class ExecTimeout extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public ExecTimeout(String message) {
            super(message);
        }
    }

    /** The command could not be run at all. */
    public static final class ExecFailed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public ExecFailed(String message) {
            super(message);
        }
    }

    /** Anything else that the runtime refused. */
    public static final class Failed extends RuntimeFault {
        private static final long serialVersionUID = 1L;

        public Failed(String message) {
            super(message);
        }

        public Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
