using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Display;

/// <summary>Alerts and their rules in words.</summary>
internal static class AlertWords
{
    /// <summary>The kinds, in the order in which a form offers them.</summary>
    public static readonly IReadOnlyList<AlertKind> Kinds = [AlertKind.Falls, AlertKind.Rises, AlertKind.Above, AlertKind.Below, AlertKind.Empty, AlertKind.Refused, AlertKind.Off, AlertKind.Watched];

    public static string Of(AlertKind kind) => kind switch
    {
        AlertKind.Falls => AlertTexts.KindFalls,
        AlertKind.Rises => AlertTexts.KindRises,
        AlertKind.Above => AlertTexts.KindAbove,
        AlertKind.Below => AlertTexts.KindBelow,
        AlertKind.Empty => AlertTexts.KindEmpty,
        AlertKind.Refused => AlertTexts.KindRefused,
        AlertKind.Watched => AlertTexts.KindWatched,
        _ => AlertTexts.KindOff,
    };

    /// <summary>"main-stage fell by 34 % in 1 min".</summary>
    public static string Title(Alert alert, IPresence presence)
    {
        var rule = alert.Rule;
        var where = alert.Rooms > 1 ? Sentence.With(AlertTexts.RoomsTogether, Numbers.Count(alert.Rooms)) : NameOf(alert.RoomId, presence);
        return rule.Kind switch
        {
            AlertKind.Falls => Sentence.With(AlertTexts.Fell, where, Numbers.Count(Percent(alert.Before - alert.Now, alert.Before)), rule.Minutes),
            AlertKind.Rises => Sentence.With(AlertTexts.Rose, where, Numbers.Count(Percent(alert.Now - alert.Before, alert.Before)), rule.Minutes),
            AlertKind.Above => Sentence.With(AlertTexts.Passed, where, Numbers.Count(rule.Amount)),
            AlertKind.Below => Sentence.With(AlertTexts.FellBelow, where, Numbers.Count(rule.Amount)),
            AlertKind.Empty => Sentence.With(AlertTexts.WasEmpty, where, Numbers.Count(rule.Minutes)),
            AlertKind.Refused => Sentence.With(AlertTexts.WereRefused, Numbers.Count(alert.Now)),
            AlertKind.Watched => Sentence.With(AlertTexts.WatchedArrived, where, NoteWords.Of(alert.Flag!.Value)),
            _ => Sentence.With(AlertTexts.WasOff, where),
        };
    }

    /// <summary>"From 180 to 119 viewers · open for 8 min".</summary>
    public static string Detail(Alert alert, DateTimeOffset now) => string.Join(" · ", ((string?[])
    [
        alert.Rule.IsMovement ? Sentence.With(AlertTexts.FromTo, Numbers.Count(alert.Before), Numbers.Count(alert.Now)) : null,
        alert.OverAt is { } over ? Sentence.With(AlertTexts.OverAfter, Durations.Rough(over - alert.RaisedAt)) : Sentence.With(AlertTexts.OpenFor, Durations.Rough(now - alert.RaisedAt)),
        alert.Times > 1 ? Sentence.With(AlertTexts.CameBack, Numbers.Count(alert.Times - 1)) : null,
        alert.AcknowledgedBy is { } by ? Sentence.With(AlertTexts.SeenToBy, by) : null,
    ]).OfType<string>());

    /// <summary>"Any room falls by 25 % in 1 min".</summary>
    public static string Title(AlertRule rule, IPresence presence)
    {
        var where = rule switch
        {
            { RoomId: { } roomId } => NameOf(roomId, presence),
            { Prefix: "" } => AlertTexts.AnyRoom,
            { Prefix: { } prefix } => prefix + "*",
            _ => AlertTexts.Network,
        };
        return rule.Kind switch
        {
            AlertKind.Falls => Sentence.With(AlertTexts.RuleFalls, where, Numbers.Count(rule.Amount), rule.Minutes),
            AlertKind.Rises => Sentence.With(AlertTexts.RuleRises, where, Numbers.Count(rule.Amount), rule.Minutes),
            AlertKind.Above => Sentence.With(AlertTexts.RuleAbove, where, Numbers.Count(rule.Amount)),
            AlertKind.Below => Sentence.With(AlertTexts.RuleBelow, where, Numbers.Count(rule.Amount)),
            AlertKind.Empty => Sentence.With(AlertTexts.RuleEmpty, where, Numbers.Count(rule.Minutes)),
            AlertKind.Refused => AlertTexts.KindRefused,
            AlertKind.Watched => Sentence.With(AlertTexts.RuleWatched, where),
            _ => Sentence.With(AlertTexts.RuleOff, where),
        };
    }

    /// <summary>What else a rule says; empty where that is all.</summary>
    public static string Detail(AlertRule rule) => rule.Kind switch
    {
        AlertKind.Falls or AlertKind.Rises when rule.Least > 0 => Sentence.With(AlertTexts.AtLeast, Numbers.Count(rule.Least)),
        AlertKind.Above => Sentence.With(AlertTexts.AgainBelow, Numbers.Count(rule.Amount - rule.Band)),
        AlertKind.Below => Sentence.With(AlertTexts.AgainAbove, Numbers.Count(rule.Amount + rule.Band)),
        AlertKind.Refused => Sentence.With(AlertTexts.MoreInAMinute, Numbers.Count(rule.Amount)),
        AlertKind.Watched => FlagText(rule.Flag),
        _ => "",
    };

    /// <summary>Whom a rule watches for.</summary>
    public static string FlagText(ViewerFlag? flag) => flag is { } one ? NoteWords.Of(one) : AlertTexts.AnyFlag;

    public static IconShape ShapeOf(Alert alert) => alert.Rule.Kind switch
    {
        AlertKind.Above or AlertKind.Rises => IconShape.Ascending,
        AlertKind.Watched => NoteWords.ShapeOf(alert.Flag!.Value),
        AlertKind.Below when !alert.IsOpen => IconShape.Descending,
        _ => IconShape.Warning,
    };

    /// <summary>Good news, something to look at, or something that is over.</summary>
    public static string CssOf(Alert alert) => !alert.IsOpen ? "is-over" : alert.Rule.Kind is AlertKind.Above or AlertKind.Rises || alert.Flag is ViewerFlag.Vip or ViewerFlag.Speaker ? "is-good" : "is-bad";

    /// <summary>The page where an alert is looked into.</summary>
    public static string HrefOf(Alert alert) => alert.RoomId is { } roomId ? RoomLinks.To(roomId) : alert.Rule.Kind is AlertKind.Refused or AlertKind.Off ? "settings" : "";

    public static string NameOf(string? roomId, IPresence presence) =>
        roomId is null ? AlertTexts.Network : VisibleText.NameOf(presence.StateOf(roomId).Definition.Title) ?? VisibleText.IdOf(roomId);

    private static long Percent(int part, int whole) => whole == 0 ? 0 : (100L * part) / whole;
}

/// <summary>What wwwroot/alerts.js and a device show of an alert. Names no viewer and holds no secret.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Body">More of it.</param>
/// <param name="Tag">Another one with the same tag takes its place.</param>
/// <param name="Url">Where it leads, from the dashboard's base.</param>
internal sealed record AlertSignal(string Title, string Body, string Tag, string Url)
{
    /// <summary>With a tone.</summary>
    public bool Sound { get; init; }

    /// <summary>As a notification.</summary>
    public bool Notify { get; init; }

    public static AlertSignal Of(Alert alert, IPresence presence, DateTimeOffset now)
    {
        var title = AlertWords.Title(alert, presence);
        return new(alert.IsOpen ? title : Sentence.With(AlertTexts.WasOver, title), AlertWords.Detail(alert, now), $"alert-{alert.Id}", "alerts");
    }

    public static AlertSignal Test() => new(AlertTexts.TestTitle, AlertTexts.TestText, "alert-test", "alerts");
}
