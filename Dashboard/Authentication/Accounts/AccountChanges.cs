namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Tells open pages that an account is no longer what it was, so that access ends at once and not with the next check.</summary>
internal sealed class AccountChanges
{
    private readonly Lock _lock = new();
    private Action<string?>? _told;

    /// <summary>Has <paramref name="told"/> called with the account's id, or null when only the list of invitations changed. It must return at once: whoever made the change calls it.</summary>
    public void Subscribe(Action<string?> told)
    {
        lock (_lock)
            _told += told;
    }

    /// <summary>Ends it; one last call may be under way.</summary>
    public void Unsubscribe(Action<string?> told)
    {
        lock (_lock)
            _told -= told;
    }

    /// <summary>Call it when the change is stored: whoever hears it reads anew.</summary>
    public void Announce(string? accountId)
    {
        Action<string?>? told;
        lock (_lock)
            told = _told;
        told?.Invoke(accountId);
    }
}
