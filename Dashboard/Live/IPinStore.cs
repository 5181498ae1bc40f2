namespace Presence.Dashboard.Live;

/// <summary>Where a moderator's pinned rooms outlive the server.</summary>
internal interface IPinStore
{
    /// <summary>The rooms of an account, in the order they were pinned.</summary>
    Task<IReadOnlyList<string>> LoadAsync(string accountId);

    /// <summary>Keeps them, instead of those before; durable when it returns.</summary>
    Task SaveAsync(string accountId, IReadOnlyList<string> rooms);
}
