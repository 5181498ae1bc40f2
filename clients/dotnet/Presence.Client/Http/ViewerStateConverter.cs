using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Client.Http;

/// <summary>States as words of the wire.</summary>
internal sealed class ViewerStateConverter : JsonConverter<ViewerState>
{
    public override ViewerState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ViewerStates.Of(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ViewerState value, JsonSerializerOptions options) => writer.WriteStringValue(ViewerStates.Text(value));
}
