using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Words what saving would mean for those who are present: line by line, and in one line for a thumb's strip.</summary>
internal static class ImpactWords
{
    public static IEnumerable<ImpactLine> Lines(PresenceSettings inForce, PresenceSettings wanted, NetworkCount network)
    {
        var (now, after) = (SettingsImpact.Of(inForce, network), SettingsImpact.Of(wanted, network));
        yield return Line(SettingsTexts.Heartbeats, now, after, impact => Numbers.Pace(impact.HeartbeatsPerSecond));
        yield return Line(SettingsTexts.MayBeLost, now, after, impact => Numbers.Count(impact.MayBeLost), after.MayBeLost == 0);
        yield return Line(SettingsTexts.HiddenTabs, now, after, impact => impact.KeepsHiddenTabs ? SettingsTexts.Stay : SettingsTexts.MayFlicker, !after.KeepsHiddenTabs);
        yield return Line(SettingsTexts.PublishedClients, now, after, impact => impact.KeepsPublishedClients ? SettingsTexts.Stay : SettingsTexts.Flicker, !after.KeepsPublishedClients);

        var viewers = Numbers.Of(network.Viewers, SettingsTexts.Viewer, SettingsTexts.ViewersNow);
        var isLeaving = IsLeaving(inForce, wanted);
        yield return new ImpactLine(SettingsTexts.Present, Sentence.With(isLeaving ? SettingsTexts.PresentLeave : SettingsTexts.PresentStay, viewers), null, isLeaving);
    }

    /// <summary>The requests, and the worst of the rest.</summary>
    public static string InOneLine(PresenceSettings inForce, PresenceSettings wanted, NetworkCount network)
    {
        var (now, after) = (SettingsImpact.Of(inForce, network), SettingsImpact.Of(wanted, network));
        var (before, later) = (Numbers.Pace(now.HeartbeatsPerSecond), Numbers.Pace(after.HeartbeatsPerSecond));
        var pace = string.Equals(before, later, StringComparison.Ordinal)
            ? Sentence.With(SettingsTexts.LinePaceStays, later)
            : Sentence.With(SettingsTexts.LinePace, before, later);
        var rest = true switch
        {
            _ when IsLeaving(inForce, wanted) => Numbers.Of(network.Viewers, SettingsTexts.LineViewerLeaves, SettingsTexts.LineViewersLeave),
            _ when now.KeepsPublishedClients && !after.KeepsPublishedClients => SettingsTexts.LinePublishedClients,
            _ when now.KeepsHiddenTabs && !after.KeepsHiddenTabs => SettingsTexts.LineHiddenTabs,
            _ => SettingsTexts.LineNobody,
        };
        return pace + " · " + rest;
    }

    /// <summary>Whether everyone would leave at once.</summary>
    public static bool IsLeaving(PresenceSettings inForce, PresenceSettings wanted) => inForce.Enabled && !wanted.Enabled;

    private static ImpactLine Line(string name, SettingsImpact now, SettingsImpact after, Func<SettingsImpact, string> text, bool isCaution = false)
    {
        var (before, later) = (text(now), text(after));
        return new ImpactLine(name, later, string.Equals(before, later, StringComparison.Ordinal) ? null : before, isCaution);
    }
}

/// <summary>One thing that settings mean for those who are present.</summary>
/// <param name="Name">What.</param>
/// <param name="Now">What it would be.</param>
/// <param name="Was">What it is, where that is something else.</param>
/// <param name="IsCaution">Whether it deserves a second thought.</param>
internal readonly record struct ImpactLine(string Name, string Now, string? Was, bool IsCaution);
