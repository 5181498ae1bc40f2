using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>JSON of somebody else's making, where a second meaning is an attack: nothing stands there twice, and all of it is text.</summary>
internal static class StrictJson
{
    public const int DeepestJson = 16;

    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false, MaxDepth = DeepestJson };

    /// <summary>Reads an object; the caller disposes of it.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span))
            return false;
        try
        {
            document = JsonDocument.Parse(utf8, Rules);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return false;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return true;
        document.Dispose();
        document = null;
        return false;
    }

    /// <summary>A text; null for anything else, also for escapes that make no text (half a surrogate pair).</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return null;
        }
    }

    /// <summary>The reader reports broken escapes, in names as in values, as an invalid operation.</summary>
    private static bool IsMalformed(Exception exception) => exception is JsonException or InvalidOperationException;
}
