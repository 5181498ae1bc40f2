namespace Presence.Client.Server;

/// <summary>Whom a token speaks for.</summary>
public sealed class ViewerIdentity
{
    /// <summary>Names a user.</summary>
    /// <param name="userId">1 to 50 characters.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public ViewerIdentity(string userId)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        UserId = userId;
    }

    /// <summary>The user.</summary>
    public string UserId { get; }

    /// <summary>The name to show, up to 100 characters.</summary>
    public string? DisplayName { get; set; }

    /// <summary>A picture.</summary>
    public Uri? AvatarUrl { get; set; }

    /// <summary>The session of heartbeats that name none.</summary>
    public string? SessionId { get; set; }

    /// <summary>The rooms it is for, up to 100, such as <c>lobby</c> or <c>team-*</c>; null for all.</summary>
    public IReadOnlyList<string>? Rooms { get; set; }
}
