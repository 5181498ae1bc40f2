using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Bans in words.</summary>
internal static class BanWords
{
    /// <summary>The lengths that buttons offer, and what they are called.</summary>
    public static readonly IReadOnlyList<(RemovalLength Length, string Text)> Lengths =
    [
        (RemovalLength.FiveMinutes, ViewerTexts.Minutes5),
        (RemovalLength.Hour, ViewerTexts.Hour1),
        (RemovalLength.Today, BanTexts.Today),
        (RemovalLength.Forever, BanTexts.Forever),
    ];

    /// <summary>When a ban of this length ends, that is set now.</summary>
    public static DateTimeOffset EndOf(RemovalLength length, LocalTime localTime, DateTimeOffset now) => length switch
    {
        RemovalLength.FiveMinutes => now + TimeSpan.FromMinutes(5),
        RemovalLength.Hour => now + TimeSpan.FromHours(1),
        RemovalLength.Today => localTime.EndOfDay(now),
        _ => RemovalRules.Forever,
    };

    /// <summary>"until 21:14" or "until it is lifted".</summary>
    public static string Until(Removal ban, LocalTime localTime, DateTimeOffset now) =>
        ban.IsForever ? BanTexts.UntilLifted : Sentence.With(BanTexts.Until, localTime.Clock(ban.Until, now));

    /// <summary>"until 21:14, 2 h 05 min left" or "until it is lifted".</summary>
    public static string UntilFor(Removal ban, LocalTime localTime, DateTimeOffset now) =>
        ban.IsForever ? BanTexts.UntilLifted : Sentence.With(ViewerTexts.UntilFor, localTime.Clock(ban.Until, now), Durations.Rough(ban.Until - now));

    /// <summary>That somebody is banned now.</summary>
    public static string Banned(Removal ban, string name, LocalTime localTime, DateTimeOffset now) =>
        Sentence.With(ban.RoomId is null ? RoomTexts.RemovedFromNetwork : RoomTexts.RemovedFromRoom, VisibleText.Isolated(name), Until(ban, localTime, now));

    /// <summary>How a ban stands, and since when it ended.</summary>
    public static string State(RemovalEntry ban, LocalTime localTime, DateTimeOffset now)
    {
        var ended = localTime.Clock(ban.EndedAt ?? ban.Removal.Until, now);
        return ban switch
        {
            { IsReplaced: true } => Sentence.With(BanTexts.Replaced, ended, ban.LiftedBy),
            { LiftedBy: { } lifter } => Sentence.With(BanTexts.Lifted, ended, lifter),
            _ when ban.IsInForce(now) => UntilFor(ban.Removal, localTime, now),
            _ => Sentence.With(BanTexts.Expired, ended),
        };
    }
}
