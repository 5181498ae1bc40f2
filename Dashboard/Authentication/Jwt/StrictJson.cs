using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>JSON of somebody else's making, where a second meaning is an attack: nothing stands there twice, and all of it is text.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Rules = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

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
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter for broken escapes in names
        {
            return false;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return true;
        document.Dispose();
        document = null;
        return false;
    }
}
