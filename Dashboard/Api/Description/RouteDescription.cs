namespace Presence.Dashboard.Api.Description;

/// <summary>What /openapi/v1.json says of a route. Metadata only: it changes nothing about how the route behaves.</summary>
/// <param name="Id">The operation's name in generated clients: a verb and what it acts on, in camel case.</param>
/// <param name="Group">Where it stands; one of <see cref="RouteGroups"/>.</param>
/// <param name="Summary">What it does, in a few words without a full stop.</param>
/// <remarks>
/// Left out because they follow from elsewhere: parameters of the path (<see cref="PathParameters"/>), who may call and the
/// errors that come with it (<see cref="ImpliedErrors"/>).
/// </remarks>
internal sealed record RouteDescription(string Id, string Group, string Summary)
{
    /// <summary>What a caller has to know beyond the summary; CommonMark.</summary>
    public string? Text { get; init; }

    /// <summary>Parameters of the query and headers.</summary>
    public IReadOnlyList<ParameterDescription> Parameters { get; init; } = [];

    /// <summary>What the route reads; null when it reads no body.</summary>
    public BodyDescription? Body { get; init; }

    /// <summary>What it answers when all is well.</summary>
    public required AnswerDescription Answer { get; init; }

    /// <summary>Refusals of this route's own.</summary>
    public IReadOnlyList<ApiError> Errors { get; init; } = [];
}
