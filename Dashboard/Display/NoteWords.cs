using MudBlazor;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Display;

/// <summary>Notes in words.</summary>
internal static class NoteWords
{
    /// <summary>The page of all notes with a flag.</summary>
    public const string WatchList = "watch-list";

    /// <summary>The flags, in the order in which they are offered, with their words in addresses.</summary>
    public static readonly IReadOnlyList<(ViewerFlag Flag, string Word, string Text)> Flags =
        [(ViewerFlag.Vip, "vip", NoteTexts.FlagVip), (ViewerFlag.Trouble, "trouble", NoteTexts.FlagTrouble), (ViewerFlag.Speaker, "speaker", NoteTexts.FlagSpeaker)];

    /// <summary>The flag an address names; null for none.</summary>
    public static ViewerFlag? FlagOf(string? word) => Flags.FirstOrDefault(known => known.Word == word) is { Word: not null } known ? known.Flag : null;

    /// <summary>A flag's word, for addresses and states.</summary>
    public static string WordOf(ViewerFlag flag) => Flags.First(known => known.Flag == flag).Word;

    /// <summary>What a flag is called.</summary>
    public static string Of(ViewerFlag flag) => Flags.First(known => known.Flag == flag).Text;

    /// <summary>The drawing of a flag.</summary>
    public static IconShape ShapeOf(ViewerFlag flag) => flag switch { ViewerFlag.Vip => IconShape.Star, ViewerFlag.Trouble => IconShape.Warning, _ => IconShape.Microphone };

    /// <summary>How a flag stands among others.</summary>
    public static Color ColorOf(ViewerFlag flag) => flag switch { ViewerFlag.Vip => Color.Primary, ViewerFlag.Trouble => Color.Error, _ => Color.Success };

    /// <summary>The latest note, and how many there are.</summary>
    public static string Latest(IReadOnlyList<ViewerNote> notes)
    {
        var (latest, written) = (notes.FirstOrDefault(note => note.Text.Length > 0) ?? notes[0], notes.Count(note => note.Text.Length > 0));
        var text = latest.Text.Length > 0 ? $"{latest.Text} ({latest.By})" : Of(latest.Flag!.Value);
        return written > 1 ? Sentence.With(NoteTexts.MarkMany, Numbers.Count(written), text) : Sentence.With(NoteTexts.Mark, text);
    }
}
