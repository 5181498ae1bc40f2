namespace Presence.Dashboard.Api;

/// <summary>Marks a route for anybody that says itself how often it may be called, so that the gate does not.</summary>
internal sealed class OwnPace
{
    public static readonly OwnPace Mark = new();
}
