namespace Presence.Dashboard.Live;

/// <summary>What somebody chose for this browser. Kept in its cookies, written by wwwroot/page.js; here for the circuit's life.</summary>
internal sealed class BrowserChoices
{
    /// <summary>Whether single keys are shortcuts; some people's aids and hands press keys by accident.</summary>
    public bool AreShortcutsOn { get; set; } = true;
}
