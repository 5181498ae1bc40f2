using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Presence.Dashboard.Api;

/// <summary>
/// A text that people read and nothing depends on. Nothing said in it refuses the request it comes with: control characters
/// and broken ones are left out, a number is taken as written, and whatever else is no text counts as not said.
/// </summary>
internal sealed class InformationalTextConverter : JsonConverter<string>
{
    /// <summary>The text as it is kept: cut to a length, between two characters; null when nothing is left.</summary>
    public static string? Cut(string? text, int longest)
    {
        if (text?.Length > longest)
            text = text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)].TrimEnd();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Clean(TextOf(reader));
            case JsonTokenType.Number:
                return Raw(reader);
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static string TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) // a lone surrogate: the client cut a character in half
        {
            var raw = Raw(reader);
            return reader.ValueIsEscaped ? Regex.Unescape(raw) : raw;
        }
    }

    private static string Raw(in Utf8JsonReader reader) =>
        reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);

    private static string Clean(string text)
    {
        if (text.All(character => !char.IsControl(character) && !char.IsSurrogate(character)))
            return text.Trim();
        var cleaned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // a lone surrogate becomes the replacement character
        {
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
                cleaned.Append(rune);
        }
        return cleaned.ToString().Trim();
    }
}
