namespace Presence.Dashboard.Api;

/// <summary>
/// Marks a route that also answers a viewer who is kept out of the room it names, or of the network: to leave, to sign out,
/// to ask where it stands. Every other route refuses it (rule 12), those to come included.
/// </summary>
internal sealed class OpenToRemoved
{
    public static readonly OpenToRemoved Mark = new();
}
