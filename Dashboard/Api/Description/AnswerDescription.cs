namespace Presence.Dashboard.Api.Description;

/// <summary>What a route answers when all is well.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Meaning">What it tells, in one sentence.</param>
/// <param name="Type">The document; null for text or no body.</param>
/// <param name="MediaType">Null when there is no body.</param>
/// <param name="Example">As it goes over the wire.</param>
internal sealed record AnswerDescription(int Status, string Meaning, Type? Type, string? MediaType, string? Example)
{
    /// <summary>Headers that belong to the answer, by name, with what they hold.</summary>
    public IReadOnlyList<(string Name, string Text)> Headers { get; init; } = [];

    public static AnswerDescription Json<T>(string meaning, string example, int status = StatusCodes.Status200OK) => new(status, meaning, typeof(T), "application/json", example);

    public static AnswerDescription OfText(string meaning, string mediaType, string example) => new(StatusCodes.Status200OK, meaning, Type: null, mediaType, example);

    public static AnswerDescription Nothing(string meaning) => new(StatusCodes.Status204NoContent, meaning, Type: null, MediaType: null, Example: null);
}
