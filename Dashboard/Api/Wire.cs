using System.Text.Encodings.Web;
using System.Text.Json;

namespace Presence.Dashboard.Api;

/// <summary>The documents of the wire.</summary>
internal static class Wire
{
    /// <summary>How each is read and written. Text of any script stays readable as it is: a reply is JSON and never put into a page as markup.</summary>
    public static ApiJson Documents { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
