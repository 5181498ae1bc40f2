namespace Presence.Dashboard.Demo;

/// <summary>Somebody made up.</summary>
/// <param name="UserId">The id to sign in with; null for a guest, whom the server names.</param>
/// <param name="DisplayName">The name to show; null for a guest.</param>
/// <param name="Key">What the devices of this viewer are named after.</param>
internal sealed record DemoViewer(string? UserId, string? DisplayName, string Key)
{
    public bool IsGuest => UserId is null;
}
