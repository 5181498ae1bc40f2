namespace Presence.Engine.Storage;

/// <summary>Somebody else changed the user since the version the change was decided on. Nothing was changed.</summary>
public sealed class UserConflictException : Exception
{
    public UserConflictException(User? current)
        : base(current is null ? "There is no such user yet." : $"The user is at version {current.Version} by now.") => Current = current;

    /// <summary>The user as it is; null when there is none.</summary>
    public User? Current { get; }
}
