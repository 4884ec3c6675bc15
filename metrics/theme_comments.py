"""What people wrote in surveys, reviews and requests, with the score that each gave beside it."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.promotion_cells import local
from metrics.theme_words import languages

BESIDE = ("csat", "nps", "ces")  # whose score stands beside a survey's comment, the first that was answered
ANSWER = ("survey", "customer_id", "order_id", "ticket_id")  # what makes rows one person's answer
COMMENTS = {
    "source": pl.String,
    "day": pl.Date,
    "customer": pl.String,
    "text": pl.String,
    "lang": pl.String,
    "score": pl.Float64,
    "answer": pl.String,
}
RATINGS = {"answer": pl.String, "driver": pl.String, "rating": pl.Float64}


def comments(
    surveys: pl.LazyFrame | None,
    reviews: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    timezone: str,
    as_of: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row a comment to `as_of`, see COMMENTS, and the ratings of drivers given with it, see RATINGS.

    score: 0 is the worst and 100 the best of the scale; null where none stands beside. Of requests none is
    taken: it rates how they were handled. customer: a guest is an own one a comment.
    """
    parts, ratings = [pl.DataFrame(schema=COMMENTS)], pl.DataFrame(schema=RATINGS)
    if surveys is not None:
        rows = _answers(surveys, timezone)
        parts.append(_surveyed(rows))
        ratings = rows.filter(pl.col("measure") == "driver", pl.col("at_100").is_not_null()).select(
            "answer", driver="question", rating="at_100"
        )
    if reviews is not None:
        parts.append(
            _written(reviews, "review", "reviewed_at", timezone, "language", (pl.col("score") - 1) * 25)
        )
    if tickets is not None:
        parts.append(_written(tickets, "request", "opened_at", timezone, None, pl.lit(None, pl.Float64)))
    every = pl.concat(parts, how="diagonal_relaxed").filter(pl.col("day") <= as_of)
    told = languages(every["text"].to_list(), every["lang"].to_list())
    every = every.with_columns(lang=pl.Series(told, dtype=pl.String)).select(list(COMMENTS))
    return every.sort("day", "source", "text", "customer"), ratings


def _has_text(column: str = "comment") -> pl.Expr:
    return pl.col(column).str.strip_chars().str.len_chars() > 0


def _answers(surveys: pl.LazyFrame, timezone: str) -> pl.DataFrame:
    """Answered rows with `answer`, which answer each is part of, and `at_100`, its score from 0 to 100."""
    share = (pl.col("score") - pl.col("scale_min")) / (pl.col("scale_max") - pl.col("scale_min"))
    best = pl.when(pl.col("better") == "lower").then(1 - share).otherwise(share)
    wide = pl.col("scale_max") > pl.col("scale_min")
    known = pl.any_horizontal(pl.col(each).is_not_null() for each in ANSWER[1:])
    one = pl.concat_str([pl.col(each).fill_null("") for each in ANSWER], separator="\x1f")
    return (
        surveys.filter(pl.col("answered_at").is_not_null() | pl.col("score").is_not_null() | _has_text())
        .with_columns(
            answer=pl.when(known).then(one).otherwise("answer_id"),
            at_100=pl.when(wide & share.is_between(0, 1)).then(best * 100),
            day=local("answered_at", timezone).fill_null(local("asked_at", timezone)),
        )
        .collect()
    )


def _surveyed(rows: pl.DataFrame) -> pl.DataFrame:
    order = {name: place for place, name in enumerate(BESIDE)}
    beside = (
        rows.filter(pl.col("measure").is_in(BESIDE), pl.col("at_100").is_not_null())
        .sort(pl.col("measure").replace_strict(order, return_dtype=pl.Int8), "answer_id")
        .group_by("answer", maintain_order=True)
        .agg(score=pl.col("at_100").first())
    )
    own = pl.when(pl.col("measure").is_in(BESIDE)).then("at_100")
    return (
        rows.filter(_has_text())
        .with_columns(own=own)
        .drop("score")
        .join(beside, on="answer", how="left")
        .select(
            "day", "answer", source=pl.lit("survey"),
            customer=pl.coalesce("customer_id", "answer_id"), text="comment", lang="language",
            score=pl.coalesce("own", "score"),
        )
    )  # fmt: skip


def _written(
    table: pl.LazyFrame, source: str, when: str, timezone: str, language: str | None, score: pl.Expr
) -> pl.DataFrame:
    key = "review_id" if source == "review" else "ticket_id"
    return (
        table.filter(_has_text())
        .select(
            source=pl.lit(source), day=local(when, timezone), text="comment", score=score,
            customer=pl.coalesce("customer_id", key),
            lang=pl.col(language) if language else pl.lit(None, pl.String),
            answer=pl.lit(None, pl.String),
        )
        .collect()
    )  # fmt: skip
