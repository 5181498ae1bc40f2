using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Components.Shared;

/// <summary>What saving would mean for those who are present, live.</summary>
public sealed partial class SettingsImpactPreview
{
    [Parameter, EditorRequired]
    public PresenceSettings InForce { get; set; } = default!;

    /// <summary>What would be saved; the settings in force while nothing is changed.</summary>
    [Parameter, EditorRequired]
    public PresenceSettings Wanted { get; set; } = default!;

    [Inject]
    private SettingsAdministration Administration { get; set; } = default!;

    protected override string Watched => "network";

    private bool IsChange => Wanted != InForce;

    protected override ValueTask<SettingsLiveReading> ReadAsync() => Administration.ReadLiveAsync();

    protected override DirtyWatch OpenWatch() => Administration.Watch();

    private IEnumerable<ImpactLine> Lines(NetworkCount network)
    {
        var (now, after) = (SettingsImpact.Of(InForce, network), SettingsImpact.Of(Wanted, network));
        yield return Line(SettingsTexts.Heartbeats, now, after, impact => Numbers.Pace(impact.HeartbeatsPerSecond));
        yield return Line(SettingsTexts.MayBeLost, now, after, impact => Numbers.Count(impact.MayBeLost), after.MayBeLost == 0);
        yield return Line(SettingsTexts.HiddenTabs, now, after, impact => impact.KeepsHiddenTabs ? SettingsTexts.Stay : SettingsTexts.MayFlicker, !after.KeepsHiddenTabs);
        yield return Line(SettingsTexts.PublishedClients, now, after, impact => impact.KeepsPublishedClients ? SettingsTexts.Stay : SettingsTexts.Flicker, !after.KeepsPublishedClients);

        var viewers = Numbers.Of(network.Viewers, SettingsTexts.Viewer, SettingsTexts.ViewersNow);
        var isLeaving = InForce.Enabled && !Wanted.Enabled;
        yield return new ImpactLine(SettingsTexts.Present, Sentence.With(isLeaving ? SettingsTexts.PresentLeave : SettingsTexts.PresentStay, viewers), null, isLeaving);
    }

    private static ImpactLine Line(string name, SettingsImpact now, SettingsImpact after, Func<SettingsImpact, string> text, bool isCaution = false)
    {
        var (before, later) = (text(now), text(after));
        return new ImpactLine(name, later, string.Equals(before, later, StringComparison.Ordinal) ? null : before, isCaution);
    }

    private readonly record struct ImpactLine(string Name, string Now, string? Was, bool IsCaution);
}
