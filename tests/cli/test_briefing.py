"""`kiemtin briefing`: today's draft, an edition that stays, every form as a file, and what is refused in one line."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document

from kiemtin.briefing.render import FORMS
from kiemtin.domain.coverage import day_of
from kiemtin.domain.editions import EditionKind
from tests.coverage_support import BODY_KEYS
