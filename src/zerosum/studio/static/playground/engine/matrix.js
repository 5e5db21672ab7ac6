// @ts-check
/** Products of small matrices that lie row by row in typed arrays. */

/**
 * Adds a product to a matrix: c[r, k] += sum over s of a[r, s] b[s, k].
 *
 * The strides say how far apart in memory the next row, column or summand lies, so that either factor can be a
 * transposed
 * matrix. Two rows and four columns are summed at a time: eight sums for six numbers read.
 *
 * @param {Float64Array} c rows x columns, row after row
 * @param {Float64Array} a
 * @param {number} aRow from a row of `a` to the next
 * @param {number} aStep from a summand's factor in `a` to the next
 * @param {Float64Array} b
 * @param {number} bStep from a summand's factor in `b` to the next
 * @param {number} bColumn from a column of `b` to the next
 * @param {number} rows
 * @param {number} columns
 * @param {number} sum how many summands
 */
function addProduct(c, a, aRow, aStep, b, bStep, bColumn, rows, columns, sum) {
  const even = rows - (rows % 2);
  const whole = columns - (columns % 4);
  for (let r = 0; r < even; r += 2) {
    for (let k = 0; k < whole; k += 4) {
      let i0 = r * aRow;
      let i1 = i0 + aRow;
      let j0 = k * bColumn;
      let j1 = j0 + bColumn;
      let j2 = j1 + bColumn;
      let j3 = j2 + bColumn;
      const o0 = r * columns + k;
      const o1 = o0 + columns;
      let s00 = c[o0], s01 = c[o0 + 1], s02 = c[o0 + 2], s03 = c[o0 + 3];
      let s10 = c[o1], s11 = c[o1 + 1], s12 = c[o1 + 2], s13 = c[o1 + 3];
      for (let s = 0; s < sum; s++) {
        const x0 = a[i0], x1 = a[i1], y0 = b[j0], y1 = b[j1], y2 = b[j2], y3 = b[j3];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s03 += x0 * y3;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s13 += x1 * y3;
        i0 += aStep;
        i1 += aStep;
        j0 += bStep;
        j1 += bStep;
        j2 += bStep;
        j3 += bStep;
      }
      c[o0] = s00, c[o0 + 1] = s01, c[o0 + 2] = s02, c[o0 + 3] = s03;
      c[o1] = s10, c[o1 + 1] = s11, c[o1 + 2] = s12, c[o1 + 3] = s13;
    }
  }
  if (whole < columns) {
    addPart(c, a, aRow, aStep, b, bStep, bColumn, columns, sum, 0, even, whole);
  }
  if (even < rows) {
    addPart(c, a, aRow, aStep, b, bStep, bColumn, columns, sum, even, rows, 0);
  }
}

/**
 * The same, one element at a time, for the rows from `top` to `bottom` and the columns from `left` on.
 *
 * @param {Float64Array} c
 * @param {Float64Array} a
 * @param {number} aRow
 * @param {number} aStep
 * @param {Float64Array} b
 * @param {number} bStep
 * @param {number} bColumn
 * @param {number} columns
 * @param {number} sum
 * @param {number} top
 * @param {number} bottom
 * @param {number} left
 */
function addPart(c, a, aRow, aStep, b, bStep, bColumn, columns, sum, top, bottom, left) {
  for (let r = top; r < bottom; r++) {
    for (let k = left; k < columns; k++) {
      let i = r * aRow;
      let j = k * bColumn;
      let total = c[r * columns + k];
      for (let s = 0; s < sum; s++) {
        total += a[i] * b[j];
        i += aStep;
        j += bStep;
      }
      c[r * columns + k] = total;
    }
  }
}

/**
 * What a linear layer makes of a batch without its bias: y += x W^T.
 * @param {Float64Array} y rows x outputs
 * @param {Float64Array} x rows x inputs
 * @param {Float64Array} weight outputs x inputs
 * @param {number} rows
 * @param {number} inputs
 * @param {number} outputs
 */
export function addForward(y, x, weight, rows, inputs, outputs) {
  addProduct(y, x, inputs, 1, weight, 1, inputs, rows, outputs, inputs);
}

/**
 * What comes back through a linear layer: g += d W.
 * @param {Float64Array} g rows x inputs
 * @param {Float64Array} d rows x outputs
 * @param {Float64Array} weight outputs x inputs
 * @param {number} rows
 * @param {number} inputs
 * @param {number} outputs
 */
export function addBackward(g, d, weight, rows, inputs, outputs) {
  addProduct(g, d, outputs, 1, weight, inputs, 1, rows, inputs, outputs);
}

/**
 * A linear layer's gradient: W' += d^T x.
 * @param {Float64Array} gradient outputs x inputs
 * @param {Float64Array} d rows x outputs
 * @param {Float64Array} x rows x inputs
 * @param {number} rows
 * @param {number} inputs
 * @param {number} outputs
 */
export function addOuter(gradient, d, x, rows, inputs, outputs) {
  addProduct(gradient, d, 1, outputs, x, inputs, 1, outputs, inputs, rows);
}
