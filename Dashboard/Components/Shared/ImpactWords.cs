using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Words what saving would mean for those who are present: line by line, and in one line for a thumb's strip.</summary>
internal static class ImpactWords
{
    /// <summary>Where there is nothing to say.</summary>
    public const string None = "–";

    /// <summary>Devices a replay names: those with the most mistakes.</summary>
    private const int MostDevices = 5;

    public static IEnumerable<ImpactLine> Lines(PresenceSettings inForce, PresenceSettings? wanted, NetworkCount network)
    {
        var now = SettingsImpact.Of(inForce, network);
        var later = wanted is null ? null : SettingsImpact.Of(wanted, network);
        yield return Line(SettingsTexts.Heartbeats, impact => Numbers.Pace(impact.HeartbeatsPerSecond), impact => -impact.HeartbeatsPerSecond);
        yield return Line(SettingsTexts.MayBeLost, impact => Numbers.Count(impact.MayBeLost), impact => impact.MayBeLost);
        yield return wanted switch
        {
            null => new(SettingsTexts.Dropped, None, None, null),
            _ when IsLeaving(inForce, wanted) => new(SettingsTexts.Dropped, None, Sentence.With(SettingsTexts.DroppedAll, Numbers.Count(network.Viewers)), "is-caution"),
            _ => new(SettingsTexts.Dropped, None, network.Viewers == 0 ? SettingsTexts.DroppedNone : Sentence.With(SettingsTexts.DroppedNoneOf, Numbers.Count(network.Viewers)), null),
        };
        yield return Line(SettingsTexts.HiddenTabs, impact => impact.KeepsHiddenTabs ? SettingsTexts.Stay : SettingsTexts.MayFlicker, impact => impact.KeepsHiddenTabs ? 1 : 0);
        yield return Line(SettingsTexts.PublishedClients, impact => impact.KeepsPublishedClients ? SettingsTexts.Stay : SettingsTexts.Flicker, impact => impact.KeepsPublishedClients ? 1 : 0);

        // Fewer heartbeats are no gain by themselves: they are what the other lines are paid with.
        ImpactLine Line(string name, Func<SettingsImpact, string> text, Func<SettingsImpact, double> worth) => new(
            name,
            text(now),
            later is null ? None : text(later),
            later is null ? null : worth(later).CompareTo(worth(now)) switch { < 0 => "is-caution", > 0 when name != SettingsTexts.Heartbeats => "is-good", _ => null });
    }

    /// <summary>What a replay came to: the count, those dropped by mistake, by device where that differs, and the requests.</summary>
    public static IEnumerable<ImpactLine> Lines(Rehearsal rehearsal)
    {
        var (now, tried) = (rehearsal.Now, rehearsal.Tried);
        yield return new(SettingsTexts.RehearsalViewers, Rates.Text(now.Viewers), Rates.Text(tried.Viewers), null);
        yield return Dropped(SettingsTexts.RehearsalDropped, now.FalseLeaves, tried.FalseLeaves);
        foreach (var device in rehearsal.Devices.Where(device => device.Now != device.Tried).Take(MostDevices))
            yield return Dropped(Sentence.With(SettingsTexts.RehearsalDevice, SessionDevices.Text(device.Device)), device.Now, device.Tried) with { IsPart = true };
        yield return new(SettingsTexts.RehearsalHeartbeats, Rates.Text(now.HeartbeatsPerSecond), Rates.Text(tried.HeartbeatsPerSecond), tried.HeartbeatsPerSecond > now.HeartbeatsPerSecond * 1.005 ? "is-caution" : null);

        static ImpactLine Dropped(string name, int now, int tried) => new(name, Numbers.Count(now), Numbers.Count(tried), tried.CompareTo(now) switch { > 0 => "is-caution", < 0 => "is-good", _ => null });
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
}

/// <summary>One thing that settings mean for those who are present.</summary>
/// <param name="Name">What.</param>
/// <param name="Now">What it is.</param>
/// <param name="Later">What it would be.</param>
/// <param name="Css">How that is marked: is-caution for the worse, is-good for the better. Null for neither.</param>
public readonly record struct ImpactLine(string Name, string Now, string Later, string? Css)
{
    /// <summary>Whether it is a part of the line above.</summary>
    public bool IsPart { get; init; }
}
