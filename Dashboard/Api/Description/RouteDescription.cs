using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>What /openapi/v1.json says of a route. Metadata only: it changes nothing about how the route behaves.</summary>
/// <param name="Id">The operation's name in generated clients: a verb and what it acts on, in camel case.</param>
/// <param name="Group">Where it stands; one of <see cref="RouteGroups"/>.</param>
/// <param name="Summary">What it does, in a few words without a full stop.</param>
/// <remarks>Parameters of the path come from the route (<see cref="PathParameters"/>), who may call from its policy.</remarks>
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

    /// <summary>Refusals of this route's own; those that follow from who may call and what is read come by themselves.</summary>
    public IReadOnlyList<ApiError> Errors { get; init; } = [];

    /// <summary>Every refusal a caller may meet, in the order of their codes.</summary>
    /// <param name="policy">Who may call.</param>
    /// <param name="hasPathParameters">Whether there are ids in the path that may break a rule.</param>
    public IReadOnlyList<ApiError> AllErrors(ApiPolicy policy, bool hasPathParameters) =>
    [
        .. Errors
            .Concat(policy == ApiPolicy.Anonymous ? [] : [ApiErrors.NotSignedIn, ApiErrors.NotAllowed])
            .Concat(Body is null ? [] : [ApiErrors.Unreadable, ApiErrors.Invalid, ApiErrors.BodyTooLarge, ApiErrors.WrongMediaType])
            .Concat(hasPathParameters || Parameters.Count > 0 ? [ApiErrors.Invalid] : [])
            .Concat(Group == RouteGroups.Operation ? [] : [ApiErrors.RateLimited, ApiErrors.NotReady])
            .Append(ApiErrors.Fault)
            .Distinct()
            .OrderBy(error => error.Code),
    ];
}
