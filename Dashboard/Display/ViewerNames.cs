using System.Globalization;
using System.Text;
using System.Text.Json;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Display;

/// <summary>What a viewer is called, as it may be shown (<see cref="VisibleText"/>). A name without visible characters counts as missing.</summary>
internal static class ViewerNames
{
    public static string Of(Viewer viewer) => Of(viewer.Profile, viewer.IsGuest, viewer.UserId);

    public static string Of(UserProfile? profile, bool isGuest, string userId) =>
        VisibleText.NameOf(profile?.DisplayName) ?? (isGuest ? GuestOf(userId) : VisibleText.IdOf(userId));

    /// <summary>"Guest 7f3a". Many guests have no other name, and a moderator must remove the right one.</summary>
    private static string GuestOf(string userId)
    {
        var from = Math.Max(0, userId.Length - 4);
        if (from > 0 && char.IsLowSurrogate(userId[from]))
            from--; // keeps surrogate pairs whole
        return Sentence.With(ViewerTexts.Guest, userId[from..]);
    }
}

/// <summary>What the app's backend keeps with a user, as moderators read it: a name and a value each.</summary>
internal static class AppMetadata
{
    /// <summary>More than anyone reads; 4 KiB hold hundreds.</summary>
    public const int Most = 40;

    /// <summary>In the app's own order, lists with commas, what is nested as JSON. Shows as little as a name does of what doesn't show itself.</summary>
    /// <param name="json">An object, as stored.</param>
    /// <param name="more">How many there are beyond <see cref="Most"/>.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(string json, out int more)
    {
        using var document = JsonDocument.Parse(json);
        (string Name, string Value)[] all = [.. document.RootElement.EnumerateObject().Select(member => (VisibleText.IdOf(member.Name), TextOf(member.Value)))];
        more = Math.Max(0, all.Length - Most);
        return all.Length > Most ? all[..Most] : all;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => VisibleText.NameOf(value.GetString()) ?? "",
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) =>
            string.Join(", ", value.EnumerateArray().Select(TextOf)),
        _ => VisibleText.NameOf(value.GetRawText()) ?? "",
    };
}

/// <summary>A placeholder for a picture: two letters and one of a few colours, always the same for a user.</summary>
internal static class Initials
{
    public const int Hues = 6;

    /// <summary>
    /// "AL" for "Ada Lovelace", "GK" for "Grace Knuth 2", "AD" for "ada": of the words with a letter in them, if there are any. Whole
    /// characters as people see them, never half of one. clients/typescript/src/widget/initials.ts does the same.
    /// </summary>
    public static string Of(string name)
    {
        var words = name.Split([' ', '-', '_', '.', '@'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return "?";
        if (Array.FindAll(words, word => word.EnumerateRunes().Any(Rune.IsLetter)) is { Length: > 0 } lettered)
            words = lettered;

        var letters = new StringBuilder();
        if (words.Length == 1)
            letters.Append(Elements(words[0], 2));
        else
            letters.Append(Elements(words[0], 1)).Append(Elements(words[^1], 1));
        return letters.ToString().ToUpperInvariant();
    }

    /// <summary>0 to <see cref="Hues"/> - 1, from the id alone: string hash codes differ from run to run.</summary>
    public static int HueOf(string userId)
    {
        var hash = 17u;
        foreach (var character in userId)
            hash = (hash * 31) + character;
        return (int)(hash % Hues);
    }

    private static string Elements(string word, int count)
    {
        var text = new StringInfo(word);
        return text.SubstringByTextElements(0, Math.Min(count, text.LengthInTextElements));
    }
}
