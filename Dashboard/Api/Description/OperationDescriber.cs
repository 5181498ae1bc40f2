using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>Writes one operation from its route's <see cref="RouteDescription"/> and <see cref="ApiPolicy"/>.</summary>
internal sealed class OperationDescriber : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var route = metadata.OfType<RouteDescription>().Single();
        var policy = metadata.OfType<ApiPolicy>().Single();
        var document = context.Document ?? throw new InvalidOperationException("An operation stands in a document.");

        string[] pathParameters = [.. context.Description.ParameterDescriptions.Where(RouteDescriptionProvider.IsOfPath).Select(parameter => parameter.Name)];
        operation.OperationId = route.Id;
        operation.Summary = route.Summary;
        operation.Description = policy.ScopeRule is { } scopes ? $"{route.Text}\n\nScope of a server key: {scopes}.".Trim() : route.Text;
        operation.Tags = new HashSet<OpenApiTagReference> { new(route.Group, document) };
        operation.Parameters = [.. pathParameters.Select(PathParameters.Describe), .. route.Parameters.Select(Describe)];
        operation.Security = SecuritySchemes.For(policy, document);
        if (route.Body is { } body)
            Complete(operation.RequestBody!, body);
        Complete((OpenApiResponse)operation.Responses![Key(route.Answer.Status)], route.Answer);
        foreach (var errors in route.AllErrors(policy, pathParameters.Length > 0).GroupBy(error => error.Status))
            operation.Responses[Key(errors.Key)] = Shared([.. errors], (OpenApiResponse)operation.Responses[Key(errors.Key)], document);
        return Task.CompletedTask;
    }

    private static IOpenApiParameter Describe(ParameterDescription parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
        Description = parameter.Text,
        Required = parameter.IsRequired,
        Schema = parameter.Schema,
    };

    private static void Complete(IOpenApiRequestBody request, BodyDescription body)
    {
        foreach (var content in request.Content!.Values)
            content.Example = Example(body.Type, body.Example);
    }

    private static void Complete(OpenApiResponse response, AnswerDescription answer)
    {
        response.Description = answer.Meaning;
        foreach (var content in response.Content?.Values ?? [])
            content.Example = Example(answer.Type, answer.Example!);
        foreach (var (name, text) in answer.Headers)
            Header(response, name, text, JsonSchemaType.String);
    }

    /// <summary>Kinds of refusal that share a status stand together, each with an example. Most routes share them, so they are components.</summary>
    private static OpenApiResponseReference Shared(IReadOnlyList<ApiError> errors, OpenApiResponse response, OpenApiDocument document)
    {
        var name = $"Refusal{Key(errors[0].Status)}-{string.Join('-', errors.Select(error => Key(error.Code)))}";
        response.Description = string.Join(" Or: ", errors.Select(error => $"`{error.Code}` {error.Meaning}"));
        response.Content!.Values.Single().Examples =
            errors.ToDictionary(error => Key(error.Code), error => (IOpenApiExample)new OpenApiExample { Summary = error.Meaning, Value = Example(error) }, StringComparer.Ordinal);
        if (errors[0].Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            Header(response, "Retry-After", "Seconds to wait.", JsonSchemaType.Integer);

        document.AddComponent(name, (IOpenApiResponse)response); // the same again where it is there already
        return new OpenApiResponseReference(name, document);
    }

    private static void Header(OpenApiResponse response, string name, string text, JsonSchemaType type) =>
        (response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))[name] = new OpenApiHeader { Description = text, Schema = new OpenApiSchema { Type = type } };

    private static JsonNode Example(Type? type, string text) => type is null ? JsonValue.Create(text) : JsonNode.Parse(text)!;

    private static JsonNode Example(ApiError error) => JsonSerializer.SerializeToNode(new ErrorDocument("error", error.Code, error.Meaning, Data: null), Wire.Documents.ErrorDocument)!;

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
}
