namespace Presence.Dashboard.Api.Description;

/// <summary>A body a route reads.</summary>
/// <param name="Type">The document; null for text whose form the route's description explains.</param>
/// <param name="Example">One that is taken as it is; a test sends it through the document's own reader.</param>
/// <param name="MediaTypes">What it may be sent as.</param>
internal sealed record BodyDescription(Type? Type, string Example, params string[] MediaTypes)
{
    public bool IsOptional { get; private init; }

    public BodyDescription Optional => this with { IsOptional = true };

    public static BodyDescription Json<T>(string example) => new(typeof(T), example, "application/json");
}
