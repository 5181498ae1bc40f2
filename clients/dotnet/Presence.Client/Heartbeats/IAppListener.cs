namespace Presence.Client.Heartbeats;

/// <summary>One of an app's presences, which hears how the app stands.</summary>
internal interface IAppListener
{
    void VisibilityChanged();

    /// <summary>Never faulted.</summary>
    Task SuspendAsync();

    void Resumed();

    void NetworkReturned();
}
