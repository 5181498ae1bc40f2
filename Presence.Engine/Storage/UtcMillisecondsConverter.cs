using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Presence.Engine.Storage;

/// <summary>Stores an instant as UTC milliseconds since 1970: comparable and sortable in SQL, which text with an offset is not.</summary>
public sealed class UtcMillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
    instant => instant.ToUnixTimeMilliseconds(),
    milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
